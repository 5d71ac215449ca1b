//! What comes in beside good HTTP: broken, old and careful clients.

use bytes::Bytes;
use sluice_receiver::Consumers;

use super::client::{HttpClient, say};
use super::protocol::{JSON, SPAN};
use crate::consumers::Collecting;
use crate::server::{Server, all, http_settings};

/// A signal without a pipeline is 404, whatever it sends.
#[tokio::test]
async fn a_signal_without_a_pipeline_is_not_served() {
    let consumers = Consumers { traces: Some(Collecting::new()), ..Consumers::default() };
    let server = Server::start_http(http_settings(), consumers);
    let mut client = HttpClient::connect(server.address).await;
    for signal in ["logs", "metrics"] {
        let answer = client.post(&format!("/v1/{signal}"), &[], Bytes::from_static(b"\xff")).await;
        assert_eq!(answer.status, 404);
        let status = answer.rpc_status();
        assert_eq!(status.message, format!("no pipeline for {signal} is configured on this receiver"));
        assert_eq!(status.code, 12);
    }
    assert_eq!(server.rejected("no_pipeline"), 2);
}

/// What is no HTTP, or breaks its rules, is refused, counted, and ends the connection.
#[tokio::test]
async fn what_is_no_http_is_refused() {
    let server = Server::start_http(http_settings(), all(Collecting::new()));
    let cases: [(&[u8], &str); 6] = [
        (b"POST /v1/traces HTTP/1.1\r\nhost test\r\n\r\n", "HTTP/1.1 400"),
        (b"POST  HTTP/1.1\r\n\r\n", "HTTP/1.1 400"),
        (b"what is this?\r\n\r\n", "HTTP/1.1 400"),
        (b"POST /v1/traces HTTP/1.1\r\ncontent-length: x\r\n\r\n", "HTTP/1.1 400"),
        (b"POST /v1/traces HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "HTTP/1.1 400"),
        (b"POST /v1/traces HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n", "HTTP/1.1 400"),
    ];
    for (number, (said, expected)) in cases.into_iter().enumerate() {
        let answer = say(server.address, said).await;
        assert!(answer.starts_with(expected), "{}: {answer}", said.escape_ascii());
        crate::until(|| server.rejected("malformed") == number as u64 + 1).await;
    }
    assert_eq!(say(server.address, &[0x16, 0x03, 0x01, 0x02, 0x00]).await, "");
    crate::until(|| server.refused("tls") == 1).await;
    crate::until(|| server.connections() == 0).await;
}

/// HTTP/1.0 is served, and a client that waits for `100 Continue` is told to go on, or not to.
#[tokio::test]
async fn older_and_careful_clients_are_served() {
    let server = Server::start_http(http_settings(), all(Collecting::new()));
    let length = SPAN.len();
    let old =
        format!("POST /v1/traces HTTP/1.0\r\ncontent-type: {JSON}\r\ncontent-length: {length}\r\n\r\n{SPAN}");
    let answer = say(server.address, old.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.0 200") && answer.ends_with("{}"), "{answer}");
    let careful = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: test\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-type: {JSON}\r\n\
         content-length: {length}\r\n\r\n{SPAN}"
    );
    let answer = say(server.address, careful.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), "{answer}");
    let refused = "POST /nothing HTTP/1.1\r\nhost: test\r\nconnection: close\r\nexpect: 100-continue\r\n\
                   content-length: 1000000\r\n\r\n";
    let answer = say(server.address, refused.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}
