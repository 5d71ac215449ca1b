//! Which instance answers, for those that ask.

use std::sync::Arc;

use bytes::Bytes;
use sluice_auth::{BasicServerSettings, DEFAULT_RELOAD_INTERVAL, ServerAuth};
use sluice_receiver::{GrpcSettings, HttpSettings};
use tonic::Code;

use crate::consumers::Instant;
use crate::grpc::client::RawClient;
use crate::http::client::HttpClient;
use crate::messages::{TRACES, framed, spans};
use crate::server::{Server, all, http_settings, settings};

const NAME: &str = "sluice-instance";

fn passwords() -> ServerAuth {
    let passwords = BasicServerSettings {
        file: None,
        inline: Some("agent:hunter2".to_owned()),
        reload_interval: DEFAULT_RELOAD_INTERVAL,
    };
    ServerAuth::basic("extensions::basicauth", passwords).expect("settings that can be used")
}

/// Over gRPC and both versions of HTTP, who asks gets the process's id, the same each time, also for an empty request; who
/// does not ask gets the answer that everybody gets.
#[tokio::test]
async fn only_who_asks_is_told() {
    let server = Server::start(settings(), all(Arc::new(Instant)));
    let mut client = RawClient::connect(server.address).await;
    let mut told = Vec::new();
    for body in [framed(0, &spans(3)), framed(0, b"")] {
        let answer = client.call(TRACES, &[], body.clone()).await;
        assert_eq!((answer.status.code(), answer.headers.get(NAME)), (Code::Ok, None));
        let answer = client.call(TRACES, &[(NAME, "?")], body).await;
        assert_eq!(answer.status.code(), Code::Ok);
        told.push(answer.headers[NAME].to_str().expect("text").to_owned());
    }
    let server = Server::start_http(http_settings(), all(Arc::new(Instant)));
    for mut client in HttpClient::both(server.address).await {
        let answer = client.post("/v1/traces", &[], spans(3)).await;
        assert_eq!((answer.status, answer.headers.get(NAME)), (200, None));
        let answer = client.post("/v1/traces", &[(NAME, "anything")], spans(3)).await;
        assert_eq!(answer.status, 200);
        told.push(answer.header(NAME).to_owned());
    }
    assert!(told[0].len() == 16 && told.iter().all(|id| *id == told[0]), "{told:?}");
}

/// Who may not send is told nothing.
#[tokio::test]
async fn who_may_not_send_is_not_told() {
    let grpc = GrpcSettings { auth: Some(passwords()), ..settings() };
    let server = Server::start(grpc, all(Arc::new(Instant)));
    let answer = RawClient::connect(server.address).await.call(TRACES, &[(NAME, "?")], framed(0, b"")).await;
    assert_eq!((answer.status.code(), answer.headers.get(NAME)), (Code::Unauthenticated, None));
    let http = HttpSettings { auth: Some(passwords()), ..http_settings() };
    let server = Server::start_http(http, all(Arc::new(Instant)));
    let mut client = HttpClient::connect(server.address).await;
    let answer = client.post("/v1/traces", &[(NAME, "?")], Bytes::new()).await;
    assert_eq!((answer.status, answer.headers.get(NAME)), (401, None));
}
