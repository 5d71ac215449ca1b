use std::sync::Arc;
use std::time::Duration;

use sluice_receiver::{Consumers, GrpcSettings, OtlpReceiver, ReceiverMetrics, ServerParameters};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Code;

use super::client::{RawClient, TonicClient};
use crate::consumers::{Gated, Instant};
use crate::messages::{TRACES, framed, spans};
use crate::server::{Server, all, settings};
use crate::{soon, until};

/// A client that takes its request back while the pipeline has it does not tear it: it is finished and
/// counted.
#[tokio::test]
async fn a_cancelled_request_is_finished() {
    let gated = Gated::closed();
    let server = Server::start(settings(), all(Arc::new(gated.clone())));
    let client = TonicClient::connect(server.address).await;
    let task = tokio::spawn(async move { client.export(TRACES, spans(3)).await });
    until(|| server.in_flight() == 1).await;
    task.abort();
    assert!(soon(task).await.is_err(), "the client has left, and its connection with it");
    until(|| server.connections() == 0).await;
    assert_eq!((server.in_flight(), server.spans()), (1, (0, 0)));
    gated.open(1);
    until(|| server.spans() == (3, 0)).await;
    assert_eq!(server.in_flight(), 0);
    server.stop().await;
}

/// A client that leaves in the middle of a message leaves nothing behind.
#[tokio::test]
async fn a_half_sent_request_leaves_nothing() {
    let server = Server::start(settings(), all(Arc::new(Instant)));
    let mut client = RawClient::connect(server.address).await;
    let (pieces, answer) = client.open(TRACES, &[]);
    let answer = tokio::spawn(answer);
    pieces.send(framed(0, &spans(100)).slice(..5000)).await.expect("sent");
    until(|| server.value("sluice_receiver_in_flight_bytes{") > 5000).await;
    answer.abort();
    drop((client, pieces));
    until(|| server.connections() == 0 && server.in_flight() == 0).await;
    assert_eq!(server.value("sluice_receiver_in_flight_bytes{"), 0);
    assert_eq!(server.spans(), (0, 0));
}

/// A client that resets a stream in the middle of its message is counted, disturbs no other stream, and leaves
/// nothing behind.
#[tokio::test]
async fn a_reset_stream_leaves_the_others() {
    let gated = Gated::closed();
    let server = Server::start(settings(), all(Arc::new(gated.clone())));
    let mut client = RawClient::connect(server.address).await;
    let (pieces, other) = client.open(TRACES, &[]);
    let other = tokio::spawn(other);
    pieces.send(framed(0, &spans(3))).await.expect("sent");
    drop(pieces);
    until(|| server.in_flight() == 1).await;
    for round in 1..=5 {
        let (pieces, answer) = client.open(TRACES, &[]);
        let answer = tokio::spawn(answer);
        let before = server.value("sluice_receiver_in_flight_bytes{");
        pieces.send(framed(0, &spans(100)).slice(..5000)).await.expect("sent");
        until(|| server.value("sluice_receiver_in_flight_bytes{") >= before + 4000).await;
        answer.abort();
        until(|| server.rejected("cancelled") == round).await;
        until(|| server.in_flight() == 1).await;
    }
    gated.open(1);
    assert_eq!(soon(other).await.expect("no panic").expect("an answer").status.code(), Code::Ok);
    assert_eq!((server.connections(), server.spans(), server.all_rejected()), (1, (3, 0), 5));
}

/// A shutdown lets nobody in, tells clients to go away, and ends when the last request is answered.
#[tokio::test]
async fn shutdown_finishes_what_is_in_flight() {
    let gated = Gated::closed();
    let server = Server::start(settings(), all(Arc::new(gated.clone())));
    let client = TonicClient::connect(server.address).await;
    let requests: Vec<_> = (0..5)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.export(TRACES, spans(2)).await })
        })
        .collect();
    let idle = RawClient::connect(server.address).await;
    assert!(idle.is_open());
    until(|| server.in_flight() == 5).await;
    server.shutdown.cancel();
    until(|| !idle.is_open()).await;
    soon(async { while TcpStream::connect(server.address).await.is_ok() {} }).await;
    assert!(!server.task.is_finished());
    gated.open(5);
    for request in requests {
        soon(request).await.expect("no panic").expect("finished");
    }
    assert_eq!(server.spans(), (10, 0));
    server.stop().await;
}

/// Dropping the server, as a caller does whose patience ends, closes connections at once.
#[tokio::test]
async fn the_caller_bounds_the_shutdown() {
    let gated = Gated::closed();
    let server = Server::start(settings(), all(Arc::new(gated.clone())));
    let client = TonicClient::connect(server.address).await;
    let task = tokio::spawn(async move { client.export(TRACES, spans(2)).await });
    until(|| server.in_flight() == 1).await;
    server.task.abort();
    let status = soon(task).await.expect("no panic").expect_err("the connection is gone");
    assert!(status.message().contains("transport") || status.code() != Code::Ok, "{status:?}");
    gated.open(1);
    until(|| server.spans() == (2, 0)).await;
}

fn keepalive(keepalive: ServerParameters) -> GrpcSettings {
    GrpcSettings { keepalive, ..settings() }
}

/// An idle connection is closed after its time, one with a request is not.
#[tokio::test]
async fn idle_connections_are_closed() {
    let gated = Gated::closed();
    let idle = Some(Duration::from_millis(150));
    let parameters = ServerParameters { max_connection_idle: idle, ..ServerParameters::default() };
    let server = Server::start(keepalive(parameters), all(Arc::new(gated.clone())));
    let client = TonicClient::connect(server.address).await;
    let busy = tokio::spawn(async move { client.export(TRACES, spans(1)).await });
    until(|| server.in_flight() == 1).await;
    let idle = RawClient::connect(server.address).await;
    until(|| !idle.is_open()).await;
    until(|| server.connections() == 1).await;
    gated.open(1);
    soon(busy).await.expect("no panic").expect("the busy one was left alone");
    until(|| server.connections() == 0).await;
}

/// An old connection is told to go away, and closed at the end of its grace whatever is in flight.
#[tokio::test]
async fn old_connections_are_closed() {
    let gated = Gated::closed();
    let parameters = ServerParameters {
        max_connection_age: Some(Duration::from_millis(100)),
        max_connection_age_grace: Some(Duration::from_millis(100)),
        ..ServerParameters::default()
    };
    let server = Server::start(keepalive(parameters), all(Arc::new(gated.clone())));
    let client = TonicClient::connect(server.address).await;
    let request = tokio::spawn(async move { client.export(TRACES, spans(1)).await });
    assert!(soon(request).await.expect("no panic").is_err(), "beyond its grace");
    until(|| server.connections() == 0).await;
    gated.open(1);
    until(|| server.spans() == (1, 0)).await;
}

/// A client that vanished without a word is found by a ping that nobody answers.
#[tokio::test]
async fn vanished_clients_are_found() {
    let parameters = ServerParameters {
        time: Duration::from_millis(50),
        timeout: Duration::from_millis(50),
        ..ServerParameters::default()
    };
    let server = Server::start(keepalive(parameters), all(Arc::new(Instant)));
    let mut living = RawClient::connect(server.address).await;
    let mut vanished = TcpStream::connect(server.address).await.expect("connected");
    let settings_frame = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    vanished.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.expect("sent");
    vanished.write_all(&settings_frame).await.expect("sent");
    let mut last_words = Vec::new();
    let _ = soon(vanished.read_to_end(&mut last_words)).await;
    assert!(!last_words.is_empty(), "settings and a ping");
    assert_eq!(living.call(TRACES, &[], framed(0, &spans(1))).await.status.code(), Code::Ok);
}

/// Somebody with an HTTP/1.1 client learns which port this is.
#[tokio::test]
async fn an_http1_client_gets_a_word_of_help() {
    let server = Server::start(settings(), all(Arc::new(Instant)));
    let mut client = TcpStream::connect(server.address).await.expect("connected");
    client.write_all(b"POST /v1/traces HTTP/1.1\r\nhost: test\r\n\r\n").await.expect("sent");
    let mut answer = String::new();
    soon(client.read_to_string(&mut answer)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("OTLP/gRPC (HTTP/2)"), "{answer}");
    drop(client);
    let labels = r#"{receiver="otlp",transport="grpc",reason="http1"}"#;
    until(|| server.value(&format!("sluice_receiver_rejected_connections_total{labels}")) == 1).await;
}

/// A taken address is told with the endpoint and the key that names it.
#[tokio::test]
async fn a_taken_address_names_the_key() {
    let server = Server::start(settings(), all(Arc::new(Instant)));
    let metrics = ReceiverMetrics::register(&mut prometheus_client::registry::Registry::default());
    let taken = GrpcSettings { endpoint: server.address.to_string(), ..settings() };
    let error = OtlpReceiver::bind_grpc("otlp/2".to_owned(), &taken, Consumers::default(), &metrics);
    let error = error.expect_err("taken");
    assert!(error.source.is_in_use());
    assert_eq!(error.to_string(), "receivers::otlp/2::protocols::grpc::endpoint");
    let text = error.source.to_string();
    assert!(text.starts_with(&format!("cannot listen at {}: ", server.address)), "{text}");
}
