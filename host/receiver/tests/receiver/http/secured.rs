//! Who may send, and TLS before the receiver.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use sluice_auth::{BasicServerSettings, DEFAULT_RELOAD_INTERVAL, ServerAuth};
use sluice_receiver::{CorsSettings, HttpSettings};
use sluice_tests::certificates::Authority;
use sluice_tests::tls::{self, Tunnel};
use sluice_tls::{Alpn, HandshakeLimits, Identity, Pem, ServerTls, ServerTlsSettings};

use super::client::HttpClient;
use crate::consumers::Instant;
use crate::messages::spans;
use crate::server::{Server, all, http_settings};

/// With `auth`, only who shows the right password is served, whatever the path; others are told 401 and what to show,
/// and are counted. A browser's question before a request needs no password.
#[tokio::test]
async fn only_the_right_password_is_served() {
    let passwords = BasicServerSettings {
        file: None,
        inline: Some("agent:hunter2".to_owned()),
        reload_interval: DEFAULT_RELOAD_INTERVAL,
    };
    let auth = ServerAuth::basic("extensions::basicauth", passwords).expect("settings that can be used");
    let cors = CorsSettings { allowed_origins: vec!["*".to_owned()], ..CorsSettings::default() };
    let server = Server::start_http(
        HttpSettings { auth: Some(auth), cors, ..http_settings() },
        all(Arc::new(Instant)),
    );
    for mut client in HttpClient::both(server.address).await {
        // agent:hunter2
        let right = [("authorization", "Basic YWdlbnQ6aHVudGVyMg==")];
        assert_eq!(client.post("/v1/traces", &right, spans(1)).await.status, 200);
        let before = server.rejected("unauthenticated");
        for (number, wrong) in
            [&[][..], &[("authorization", "Basic YWdlbnQ6aHVudGVyMw==")]].into_iter().enumerate()
        {
            for (more, path) in ["/v1/traces", "/nothing"].into_iter().enumerate() {
                let answer = client.post(path, wrong, spans(1)).await;
                assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Basic realm=\"OTLP\""));
                let status = answer.rpc_status();
                assert_eq!(status.code, 16);
                assert!(!status.message.contains("hunter"), "{status:?}");
                assert_eq!(server.rejected("unauthenticated"), before + (number * 2 + more + 1) as u64);
            }
        }
        let question = [("origin", "https://a.example"), ("access-control-request-method", "POST")];
        let answer = client.send(Method::OPTIONS, "/v1/traces", &question, Bytes::new()).await;
        assert_eq!(answer.status, 204);
    }
    assert_eq!(server.spans(), (2, 0));
}

/// Requests come in by TLS over both versions of HTTP; a client without TLS is counted.
#[tokio::test]
async fn requests_come_in_by_tls() {
    let authority = Authority::new("authority");
    let certified = authority.sign("gateway.test");
    let identity = Identity { certificate: Pem::Text(certified.certificate), key: Pem::Text(certified.key) };
    let protocols = [Alpn::H2, Alpn::Http11];
    let tls =
        ServerTls::new("receiver", ServerTlsSettings::new(identity), &protocols, HandshakeLimits::default());
    let tls = Some(tls.expect("settings that can be used"));
    let server = Server::start_http(HttpSettings { tls, ..http_settings() }, all(Arc::new(Instant)));
    let tunnel = Tunnel::to(server.address, tls::client(&authority.pem(), None)).await;
    for mut client in HttpClient::both(tunnel.address()).await {
        assert_eq!(client.post("/v1/traces", &[], spans(2)).await.status, 200);
    }
    assert_eq!(server.spans(), (4, 0));
    assert!(
        !super::client::say(server.address, b"POST /v1/traces HTTP/1.1\r\n\r\n").await.contains("HTTP/1.1")
    );
    crate::until(|| server.refused("plaintext") == 1).await;
}
