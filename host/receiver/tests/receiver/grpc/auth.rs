//! Who may send.

use std::sync::Arc;

use bytes::Bytes;
use sluice_auth::{BasicServerSettings, DEFAULT_RELOAD_INTERVAL, ServerAuth};
use sluice_receiver::GrpcSettings;
use tonic::Code;

use super::client::TonicClient;
use crate::consumers::Instant;
use crate::messages::TRACES;
use crate::server::{Server, all, settings};

fn request(authorization: Option<&str>) -> tonic::Request<Bytes> {
    let mut request = tonic::Request::new(Bytes::new());
    if let Some(value) = authorization {
        request.metadata_mut().insert("authorization", value.parse().expect("ASCII"));
    }
    request
}

/// With `auth`, only who shows the right password is served; everybody else is told UNAUTHENTICATED, for every method,
/// and counted. What a client has shown is not repeated to it.
#[tokio::test]
async fn only_the_right_password_is_served() {
    let passwords = BasicServerSettings {
        file: None,
        inline: Some("agent:hunter2".to_owned()),
        reload_interval: DEFAULT_RELOAD_INTERVAL,
    };
    let auth = ServerAuth::basic("extensions::basicauth", passwords).expect("settings that can be used");
    let settings = GrpcSettings { auth: Some(auth), ..settings() };
    let server = Server::start(settings, all(Arc::new(Instant)));
    let client = TonicClient::connect(server.address).await;
    // agent:hunter2
    client.request(TRACES, request(Some("Basic YWdlbnQ6aHVudGVyMg=="))).await.expect("accepted");
    let mut denied = 0;
    for shown in [None, Some("Basic YWdlbnQ6aHVudGVyMw=="), Some("Bearer hunter3")] {
        for path in [TRACES, "/x.Y/Z"] {
            let status = client.request(path, request(shown)).await.expect_err("denied");
            assert_eq!(status.code(), Code::Unauthenticated, "{status}");
            assert!(!status.message().contains("hunter") && !status.message().contains("YWdl"), "{status}");
            denied += 1;
            assert_eq!(server.rejected("unauthenticated"), denied);
        }
    }
    drop(client);
    server.stop().await;
}
