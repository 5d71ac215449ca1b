//! TLS before the receiver.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sluice_receiver::GrpcSettings;
use sluice_tests::certificates::{Authority, write};
use sluice_tests::tls::{self, Tunnel};
use sluice_tls::{Alpn, HandshakeLimits, Identity, Pem, ServerTls, ServerTlsSettings};
use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client::TonicClient;
use crate::consumers::Instant;
use crate::messages::TRACES;
use crate::server::{Server, all, settings};
use crate::{soon, until};

fn secured(authority: &Authority, client_ca_file: Option<std::path::PathBuf>) -> GrpcSettings {
    let certified = authority.sign("gateway.test");
    let identity = Identity { certificate: Pem::Text(certified.certificate), key: Pem::Text(certified.key) };
    let tls = ServerTlsSettings { client_ca_file, ..ServerTlsSettings::new(identity) };
    // Longer than any test waits.
    let limits = HandshakeLimits { timeout: Duration::from_secs(3_600), ..HandshakeLimits::default() };
    let tls = ServerTls::new("receiver", tls, &[Alpn::H2], limits).expect("settings that can be used");
    GrpcSettings { tls: Some(tls), ..settings() }
}

fn refused(server: &Server, reason: &str) -> u64 {
    let labels = format!(r#"{{receiver="otlp",transport="grpc",reason="{reason}"}}"#);
    server.value(&format!("sluice_receiver_rejected_connections_total{labels}"))
}

/// Requests come in by TLS; who drags a handshake on holds up neither others nor the end.
#[tokio::test]
async fn requests_come_in_by_tls() {
    let authority = Authority::new("authority");
    let server = Server::start(secured(&authority, None), all(Arc::new(Instant)));
    let _slow = TcpStream::connect(server.address).await.expect("connected");
    let tunnel = Tunnel::to(server.address, tls::client(&authority.pem(), None)).await;
    let client = TonicClient::connect(tunnel.address()).await;
    client.export(TRACES, Bytes::new()).await.expect("accepted");
    drop((client, tunnel));
    server.stop().await;
}

/// Clients that do not come in are counted with the reason: without TLS, without a certificate, not trusting us.
#[tokio::test]
async fn who_does_not_come_in_is_counted() {
    let folder = tempdir().expect("a folder");
    let (authority, clients) = (Authority::new("authority"), Authority::new("clients"));
    let client_ca_file = Some(write(folder.path(), "clients.pem", &clients.pem()));
    let server = Server::start(secured(&authority, client_ca_file), all(Arc::new(Instant)));
    let known = clients.sign("agent");

    let mut plain = TcpStream::connect(server.address).await.expect("connected");
    plain.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.expect("sent");
    // An alert, or the end: not the settings of HTTP/2.
    let mut answer = Vec::new();
    let _ = soon(plain.read_to_end(&mut answer)).await;
    assert!(answer.is_empty() || answer[0] == 0x15, "{answer:?}");
    until(|| refused(&server, "plaintext") == 1).await;

    for stranger in [None, Some(authority.sign("agent"))] {
        let before = refused(&server, "client_certificate");
        let config = tls::client(&authority.pem(), stranger.as_ref());
        assert!(soon(tls::shake(server.address, &config)).await.is_err());
        until(|| refused(&server, "client_certificate") == before + 1).await;
    }

    let doubting = tls::client(&clients.pem(), Some(&known));
    assert!(soon(tls::shake(server.address, &doubting)).await.is_err());
    until(|| refused(&server, "tls_refused") == 1).await;

    let config = tls::client(&authority.pem(), Some(&known));
    soon(tls::shake(server.address, &config)).await.expect("let in");
    until(|| server.connections() == 0).await;
    server.stop().await;
}
