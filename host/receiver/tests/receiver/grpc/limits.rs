use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sluice_receiver::GrpcSettings;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tonic::Code;
use tonic_types::StatusExt;

use super::client::{RawClient, TonicClient};
use crate::consumers::{Collecting, Gated, Instant};
use crate::messages::{TRACES, framed, spans};
use crate::server::{Server, all, settings};
use crate::{soon, until};

const MIB: usize = 1024 * 1024;

fn small() -> GrpcSettings {
    GrpcSettings { max_recv_msg_size_mib: 1, ..settings() }
}

/// A message above the limit is refused for good: RESOURCE_EXHAUSTED without RetryInfo, in words by which
/// clients know that a smaller one helps; the connection goes on.
#[tokio::test]
async fn a_message_that_is_too_large_is_refused_for_good() {
    let collected = Collecting::new();
    let server = Server::start(small(), all(collected.clone()));
    let client = TonicClient::connect(server.address).await;
    let status = client.export(TRACES, spans(5_000)).await.expect_err("too large");
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.message().contains("larger than max"), "{}", status.message());
    assert!(status.details().is_empty(), "no RetryInfo");
    assert_eq!(server.rejected("too_large"), 1);
    client.export(TRACES, spans(1)).await.expect("the connection goes on");
    assert_eq!(collected.taken().len(), 1);
}

/// The limit holds for what a message inflates to, and a bomb is refused like any other large message.
#[tokio::test]
async fn a_bomb_is_refused_for_good() {
    let server = Server::start(small(), all(Collecting::new()));
    let mut client = RawClient::connect(server.address).await;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&vec![0; 256 * MIB]).expect("compressed");
    let bomb = gzip.finish().expect("compressed");
    assert!(bomb.len() < MIB, "the bomb passes the limit");
    let answer = client.call(TRACES, &[("grpc-encoding", "gzip")], framed(1, &bomb)).await;
    assert_eq!(answer.status.code(), Code::ResourceExhausted, "{}", answer.status.message());
    assert!(answer.status.details().is_empty());
    assert_eq!(server.rejected("too_large"), 1);
    until(|| server.in_flight() == 0).await;
    assert_eq!(server.value("sluice_receiver_in_flight_bytes{"), 0);
}

/// With the budget used up, a request is told to come back by its first five bytes, and taken later.
#[tokio::test]
async fn bytes_in_flight_are_bounded() {
    let gated = Gated::closed();
    let budget = GrpcSettings { max_in_flight_bytes: 2 * MIB, ..small() };
    let server = Server::start(budget, all(Arc::new(gated.clone())));
    let client = TonicClient::connect(server.address).await;
    let body = spans(1_500);
    assert!((600_000..MIB).contains(&body.len()), "{}", body.len());
    let held: Vec<_> = (0..3)
        .map(|_| {
            let (client, body) = (client.clone(), body.clone());
            tokio::spawn(async move { client.export(TRACES, body).await })
        })
        .collect();
    until(|| server.in_flight() + server.rejected("bytes_in_flight") == 3).await;
    let mut raw = RawClient::connect(server.address).await;
    let (pieces, answer) = raw.open(TRACES, &[]);
    pieces.send(framed(0, &body).slice(..5)).await.expect("sent");
    let answer = soon(answer).await.expect("answered before the message came");
    assert_eq!(answer.status.code(), Code::Unavailable);
    let delay = answer.status.get_details_retry_info().and_then(|info| info.retry_delay);
    assert_eq!(delay, Some(Duration::from_secs(1)));
    assert!(answer.status.message().contains("max_in_flight_bytes"), "{}", answer.status.message());
    gated.open(10);
    for request in held {
        let _ = soon(request).await.expect("no panic");
    }
    until(|| server.in_flight() == 0).await;
    client.export(TRACES, body).await.expect("there is room again");
}

/// A client that does not finish its message is let go, and what it sent is freed.
#[tokio::test]
async fn a_slow_message_is_let_go() {
    let settings = GrpcSettings { read_timeout: Duration::from_millis(100), ..settings() };
    let server = Server::start(settings, all(Arc::new(Instant)));
    let mut client = RawClient::connect(server.address).await;
    let (pieces, answer) = client.open(TRACES, &[]);
    pieces.send(framed(0, &spans(100)).slice(..1000)).await.expect("sent");
    let answer = soon(answer).await.expect("an answer");
    assert_eq!(answer.status.code(), Code::DeadlineExceeded, "clients may retry it");
    assert_eq!(server.rejected("slow_client"), 1);
    until(|| server.in_flight() == 0).await;
    assert_eq!(server.value("sluice_receiver_in_flight_bytes{"), 0);
    assert_eq!(client.call(TRACES, &[], framed(0, &spans(1))).await.status.code(), Code::Ok);
}

/// Refusing large uploads early does not use up the connection: it still works after more
/// of them than h2 allows resets (1,024).
#[tokio::test]
async fn a_connection_survives_many_refusals() {
    let server = Server::start(small(), all(Arc::new(Instant)));
    let client = TonicClient::connect(server.address).await;
    let large = spans(2_200);
    for _ in 0..65 {
        let batch: Vec<_> = (0..20)
            .map(|_| {
                let (client, large) = (client.clone(), large.clone());
                tokio::spawn(async move { client.export(TRACES, large).await })
            })
            .collect();
        for request in batch {
            let status = soon(request).await.expect("no panic").expect_err("too large");
            assert_eq!(status.code(), Code::ResourceExhausted, "{}", status.message());
        }
    }
    client.export(TRACES, spans(1)).await.expect("the connection works");
    assert_eq!(server.connections(), 1, "and is the same");
    assert_eq!(server.rejected("too_large"), 1_300);
}

/// Headers beyond the limit are refused without harm to the connection's other requests.
#[tokio::test]
async fn headers_are_bounded() {
    let server = Server::start(settings(), all(Arc::new(Instant)));
    let mut client = RawClient::connect(server.address).await;
    let value = "x".repeat(15_000);
    let many: Vec<(&str, &str)> = vec![("x-many", &value); 6];
    let (pieces, answer) = client.open(TRACES, &many);
    drop(pieces);
    let refused = match soon(answer).await {
        Ok(answer) => answer.http == http::StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Err(_) => true,
    };
    assert!(refused);
    let mut client = RawClient::connect(server.address).await;
    assert_eq!(client.call(TRACES, &many[..2], framed(0, &spans(1))).await.status.code(), Code::Ok);
}

/// Connections above the limit are closed at once and counted; those inside are not disturbed.
#[tokio::test]
async fn connections_are_bounded() {
    let server = Server::start(GrpcSettings { max_connections: 2, ..settings() }, all(Arc::new(Instant)));
    let first = TonicClient::connect(server.address).await;
    let second = TonicClient::connect(server.address).await;
    for client in [&first, &second] {
        client.export(TRACES, spans(1)).await.expect("inside");
    }
    let mut third = TcpStream::connect(server.address).await.expect("the kernel accepts");
    assert_eq!(soon(third.read(&mut [0])).await.unwrap_or(0), 0, "closed");
    let labels = r#"{receiver="otlp",transport="grpc",reason="limit"}"#;
    until(|| server.value(&format!("sluice_receiver_rejected_connections_total{labels}")) == 1).await;
    first.export(TRACES, spans(1)).await.expect("still inside");
}

/// Two hundred requests wait in the pipeline at the same time over one connection, and all are answered.
#[tokio::test]
async fn two_hundred_requests_wait_at_once() {
    let gated = Gated::closed();
    let server = Server::start(settings(), all(Arc::new(gated.clone())));
    let client = TonicClient::connect(server.address).await;
    let requests: Vec<_> = (0..200)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.export(TRACES, spans(10)).await })
        })
        .collect();
    until(|| server.in_flight() == 200).await;
    gated.open(200);
    for request in requests {
        soon(request).await.expect("no panic").expect("accepted");
    }
    assert_eq!(server.spans(), (2_000, 0));
    assert_eq!(server.connections(), 1);
}

/// A body that comes byte by byte, after the head as well, is the same message.
#[tokio::test]
async fn a_body_in_tiny_pieces_is_whole() {
    let collected = Collecting::new();
    let server = Server::start(settings(), all(collected.clone()));
    let mut client = RawClient::connect(server.address).await;
    let (pieces, answer) = client.open(TRACES, &[]);
    let answer = tokio::spawn(answer);
    let body = spans(1);
    for byte in framed(0, &body) {
        pieces.send(Bytes::copy_from_slice(&[byte])).await.expect("sent");
    }
    drop(pieces);
    assert_eq!(soon(answer).await.expect("no panic").expect("an answer").status.code(), Code::Ok);
    assert_eq!(collected.taken()[0].request.body(), &body);
}
