use std::sync::Arc;

use sluice_receiver::{Consumers, HttpSettings, OtlpReceiver, ReceiverMetrics};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client::{HttpClient, say};
use crate::consumers::{Gated, Instant};
use crate::messages::spans;
use crate::server::{Server, all, http_settings};
use crate::{soon, until};

const EMPTY: &str =
    "POST /v1/traces HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

/// A client that leaves while the pipeline has its request does not tear it: it is finished and counted.
#[tokio::test]
async fn a_cancelled_request_is_finished() {
    let gated = Gated::closed();
    let server = Server::start_http(http_settings(), all(Arc::new(gated.clone())));
    for (round, mut client) in HttpClient::both(server.address).await.into_iter().enumerate() {
        let task = tokio::spawn(async move { client.post("/v1/traces", &[], spans(3)).await });
        until(|| server.in_flight() == 1).await;
        task.abort();
        assert!(soon(task).await.is_err(), "the client has left");
        assert_eq!(server.in_flight(), 1);
        gated.open(1);
        until(|| server.spans() == (3 * (round as u64 + 1), 0)).await;
        until(|| server.in_flight() == 0).await;
    }
    until(|| server.connections() == 0).await;
    server.stop().await;
}

/// A client that leaves in the middle of a body leaves nothing behind.
#[tokio::test]
async fn a_half_sent_request_leaves_nothing() {
    let server = Server::start_http(http_settings(), all(Arc::new(Instant)));
    for mut client in HttpClient::both(server.address).await {
        let task = tokio::spawn(async move {
            let (pieces, answer) = client.open("/v1/traces", &[]);
            pieces.send(spans(100).slice(..5000)).await.expect("sent");
            answer.await.map(|_| drop(pieces))
        });
        until(|| server.value("sluice_receiver_in_flight_bytes{") > 5000).await;
        task.abort();
        until(|| server.in_flight() == 0).await;
        assert_eq!(server.value("sluice_receiver_in_flight_bytes{"), 0);
    }
    until(|| server.connections() == 0).await;
    assert_eq!(server.spans(), (0, 0));
}

/// A client that has said all and closes its half of the connection still gets its answer.
#[tokio::test]
async fn a_half_closed_client_gets_its_answer() {
    let gated = Gated::closed();
    let server = Server::start_http(http_settings(), all(Arc::new(gated.clone())));
    let mut client = TcpStream::connect(server.address).await.expect("connected");
    let body = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}"#;
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    client.write_all(head.as_bytes()).await.expect("sent");
    client.write_all(body.as_bytes()).await.expect("sent");
    client.shutdown().await.expect("half closed");
    until(|| server.in_flight() == 1).await;
    gated.open(1);
    let mut answer = String::new();
    soon(client.read_to_string(&mut answer)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// A body that ends before its announced length is an error of the client, which may still hear of it.
#[tokio::test]
async fn a_body_that_is_cut_off_is_refused() {
    let server = Server::start_http(http_settings(), all(Arc::new(Instant)));
    let mut client = TcpStream::connect(server.address).await.expect("connected");
    client.write_all(EMPTY.replace("length: 2", "length: 20").as_bytes()).await.expect("sent");
    client.shutdown().await.expect("half closed");
    let mut answer = Vec::new();
    let _ = soon(client.read_to_end(&mut answer)).await;
    until(|| server.rejected("cancelled") == 1 && server.connections() == 0).await;
}

/// One connection serves request after request, several at once in a row as well, unless that is switched off.
#[tokio::test]
async fn connections_are_kept_or_not() {
    let pipelined = format!("{EMPTY}{}", EMPTY.replace("host", "connection: close\r\nhost"));
    let kept = Server::start_http(http_settings(), all(Arc::new(Instant)));
    assert_eq!(say(kept.address, pipelined.as_bytes()).await.matches("HTTP/1.1 200").count(), 2);
    let settings = HttpSettings { keep_alives_enabled: false, ..http_settings() };
    let closed = Server::start_http(settings, all(Arc::new(Instant)));
    let answer = say(closed.address, EMPTY.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("connection: close"), "{answer}");
}

/// A shutdown lets nobody in, ends idle connections, and ends itself when the last request is answered.
#[tokio::test]
async fn shutdown_finishes_what_is_in_flight() {
    let gated = Gated::closed();
    let server = Server::start_http(http_settings(), all(Arc::new(gated.clone())));
    let [mut first, mut second] = HttpClient::both(server.address).await;
    let requests = [
        tokio::spawn(async move { first.post("/v1/traces", &[], spans(2)).await.status }),
        tokio::spawn(async move { second.post("/v1/traces", &[], spans(2)).await.status }),
    ];
    let mut idle = HttpClient::connect(server.address).await;
    assert_eq!(idle.post_json("/v1/traces", "{}").await.status, 200);
    until(|| server.in_flight() == 2).await;
    server.shutdown.cancel();
    until(|| !idle.is_open()).await;
    soon(async { while TcpStream::connect(server.address).await.is_ok() {} }).await;
    assert!(!server.task.is_finished());
    gated.open(2);
    for request in requests {
        assert_eq!(soon(request).await.expect("no panic"), 200);
    }
    assert_eq!(server.spans(), (4, 0));
    server.stop().await;
}

/// A head that never ends does not hold up a shutdown for longer than its own limit.
#[tokio::test]
async fn a_slow_head_does_not_hold_up_a_shutdown() {
    let settings =
        HttpSettings { read_header_timeout: Some(std::time::Duration::from_millis(200)), ..http_settings() };
    let server = Server::start_http(settings, all(Arc::new(Instant)));
    let mut client = TcpStream::connect(server.address).await.expect("connected");
    client.write_all(b"POST /v1/traces HTTP/1.1\r\nx: ").await.expect("sent");
    until(|| server.connections() == 1).await;
    server.stop().await;
}

/// A taken address is told with the endpoint and the key that names it.
#[tokio::test]
async fn a_taken_address_names_the_key() {
    let server = Server::start_http(http_settings(), all(Arc::new(Instant)));
    let metrics = ReceiverMetrics::register(&mut prometheus_client::registry::Registry::default());
    let taken = HttpSettings { endpoint: server.address.to_string(), ..http_settings() };
    let error = OtlpReceiver::bind_http("otlp/2".to_owned(), &taken, Consumers::default(), &metrics);
    let error = error.expect_err("taken");
    assert_eq!(error.to_string(), "receivers::otlp/2::protocols::http::endpoint");
    let text = error.source.to_string();
    assert!(text.starts_with(&format!("cannot listen at {}: ", server.address)), "{text}");
}
