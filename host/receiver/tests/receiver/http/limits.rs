use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sluice_receiver::HttpSettings;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::client::{HttpClient, JSON, say};
use crate::consumers::{Collecting, Gated, Instant};
use crate::messages::spans;
use crate::server::{Server, all, http_settings};
use crate::{soon, until};

const MIB: usize = 1024 * 1024;

fn small() -> HttpSettings {
    HttpSettings { max_request_body_size: MIB, ..http_settings() }
}

/// A body above the limit is refused for good, whether its length is announced or not; clients read the answer
/// though they may still be sending, and the next connection is served.
#[tokio::test]
async fn a_body_that_is_too_large_is_refused_for_good() {
    let collected = Collecting::new();
    let server = Server::start_http(small(), all(collected.clone()));
    let large = spans(20_000);
    for round in 0..2 {
        for mut client in HttpClient::both(server.address).await {
            let answer = if round == 0 {
                client.post("/v1/traces", &[], large.clone()).await
            } else {
                let (pieces, answer) = client.open("/v1/traces", &[]);
                let sending = async {
                    for piece in large.chunks(100_000) {
                        // The server may be gone by then.
                        let _ = pieces.send(Bytes::copy_from_slice(piece)).await;
                    }
                    drop(pieces);
                };
                soon(futures_util::future::join(answer, sending)).await.0.expect("an answer")
            };
            assert_eq!((answer.status, answer.header("retry-after")), (413, ""));
            let status = answer.rpc_status();
            assert!(
                status.message.contains("larger than max_request_body_size (1048576 bytes)"),
                "{status:?}"
            );
            assert!(status.details.is_empty(), "no RetryInfo");
        }
    }
    assert_eq!(server.rejected("too_large"), 4);
    let mut client = HttpClient::connect(server.address).await;
    assert_eq!(client.post("/v1/traces", &[], spans(1)).await.status, 200);
    assert_eq!(collected.taken().len(), 1);
}

/// A client that writes a large body to the end before it reads finds the answer all the same.
#[tokio::test]
async fn a_blocking_writer_reads_the_refusal() {
    let server = Server::start_http(small(), all(Collecting::new()));
    let mut request = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        8 * MIB
    )
    .into_bytes();
    request.resize(request.len() + 8 * MIB, b' ');
    let answer = say(server.address, &request).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

/// The limit holds for what a body inflates to, and a bomb is refused like any other large body.
#[tokio::test]
async fn a_bomb_is_refused_for_good() {
    let server = Server::start_http(small(), all(Collecting::new()));
    let mut client = HttpClient::connect(server.address).await;
    let zeros = vec![0; 256 * MIB];
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&zeros).expect("compressed");
    let bombs = [
        ("gzip", gzip.finish().expect("compressed")),
        ("zstd", zstd::stream::encode_all(&zeros[..], 1).expect("compressed")),
        ("snappy", snap::raw::Encoder::new().compress_vec(&zeros[..16 * MIB]).expect("compressed")),
    ];
    for (name, bomb) in bombs {
        assert!(bomb.len() < MIB, "the {name} bomb passes the limit");
        let answer = client.post("/v1/traces", &[("content-encoding", name)], bomb.into()).await;
        assert_eq!(answer.status, 413, "{name}");
    }
    assert_eq!(server.rejected("too_large"), 3);
    until(|| server.in_flight() == 0).await;
    assert_eq!(server.value("sluice_receiver_in_flight_bytes{"), 0);
}

/// Short JSON that would become long protobuf is stopped at the same limit, and so is what nests too deep.
#[tokio::test]
async fn a_bomb_in_json_is_refused() {
    let server = Server::start_http(small(), all(Collecting::new()));
    let mut client = HttpClient::connect(server.address).await;
    let histogram = |counts: String| {
        format!(
            r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{"histogram":{{"dataPoints":[{{"bucketCounts":[{counts}0]}}]}}}}]}}]}}]}}"#
        )
    };
    assert_eq!(client.post_json("/v1/metrics", histogram("0,".repeat(100_000))).await.status, 200);
    let answer = client.post_json("/v1/metrics", histogram("0,".repeat(200_000))).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    let answer = client.post_json("/v1/traces", "{\"resourceSpans\":[".repeat(20_000)).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    until(|| server.in_flight() == 0).await;
    assert_eq!(server.value("sluice_receiver_in_flight_bytes{"), 0);
}

/// With the budget used up, a request is told to come back before its body has come, and taken later.
#[tokio::test]
async fn bytes_in_flight_are_bounded() {
    let gated = Gated::closed();
    let budget = HttpSettings { max_in_flight_bytes: 2 * MIB, ..small() };
    let server = Server::start_http(budget, all(Arc::new(gated.clone())));
    let body = spans(1_500);
    assert!((600_000..MIB).contains(&body.len()), "{}", body.len());
    let held: Vec<_> = (0..3)
        .map(|_| {
            let (address, body) = (server.address, body.clone());
            tokio::spawn(async move {
                HttpClient::connect(address).await.post("/v1/traces", &[], body).await.status
            })
        })
        .collect();
    until(|| server.in_flight() + server.rejected("bytes_in_flight") == 3).await;
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let answer = say(server.address, head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("retry-after: 1\r\n") && answer.contains("max_in_flight_bytes"), "{answer}");
    gated.open(10);
    for request in held {
        let status = soon(request).await.expect("no panic");
        assert!(status == 200 || status == 503, "{status}");
    }
    until(|| server.in_flight() == 0).await;
    let mut client = HttpClient::connect(server.address).await;
    assert_eq!(client.post("/v1/traces", &[], body).await.status, 200, "there is room again");
}

/// Headers beyond the limit are refused and counted; those below are fine.
#[tokio::test]
async fn headers_are_bounded() {
    let server = Server::start_http(http_settings(), all(Arc::new(Instant)));
    let value = "x".repeat(15_000);
    let many: Vec<(&str, &str)> = vec![("x-many", &value); 6];
    let mut client = HttpClient::connect(server.address).await;
    assert_eq!(client.post("/v1/traces", &many, spans(1)).await.status, 431);
    until(|| server.rejected("headers_too_large") == 1).await;
    let mut client = HttpClient::connect(server.address).await;
    assert_eq!(client.post("/v1/traces", &many[..2], spans(1)).await.status, 200);
    let endless = format!("POST /v1/traces HTTP/1.1\r\nx: {}", "y".repeat(200_000));
    assert!(say(server.address, endless.as_bytes()).await.starts_with("HTTP/1.1 431"));
}

/// Connections above the limit are closed at once and counted; those inside are not disturbed.
#[tokio::test]
async fn connections_are_bounded() {
    let settings = HttpSettings { max_connections: 2, ..http_settings() };
    let server = Server::start_http(settings, all(Arc::new(Instant)));
    let mut clients = HttpClient::both(server.address).await;
    for client in &mut clients {
        assert_eq!(client.post("/v1/traces", &[], spans(1)).await.status, 200);
    }
    let mut third = TcpStream::connect(server.address).await.expect("the kernel accepts");
    assert_eq!(soon(third.read(&mut [0])).await.unwrap_or(0), 0, "closed");
    until(|| server.refused("limit") == 1).await;
    assert_eq!(clients[0].post("/v1/traces", &[], spans(1)).await.status, 200, "still inside");
}

/// Hundreds of connections that say nothing cost nobody else anything.
#[tokio::test]
async fn idle_connections_harm_nobody() {
    let server = Server::start_http(http_settings(), all(Arc::new(Instant)));
    let mut idle = Vec::new();
    for _ in 0..300 {
        idle.push(soon(TcpStream::connect(server.address)).await.expect("connected"));
    }
    until(|| server.connections() == 300).await;
    let mut client = HttpClient::connect(server.address).await;
    assert_eq!(client.post("/v1/traces", &[], spans(1)).await.status, 200);
    drop(idle);
    until(|| server.connections() == 1).await;
}

/// Refusing many uploads early does not use up an HTTP/2 connection, beyond the resets that h2 allows as well.
#[tokio::test]
async fn a_connection_survives_many_refusals() {
    let server = Server::start_http(small(), all(Arc::new(Instant)));
    let mut client = HttpClient::connect_http2(server.address).await;
    let large = spans(2_200);
    for _ in 0..1_100 {
        assert_eq!(client.post("/v1/traces", &[], large.clone()).await.status, 413);
    }
    assert_eq!(client.post("/v1/traces", &[], spans(1)).await.status, 200);
    assert_eq!(server.connections(), 1);
}

/// A body that comes byte by byte is the same request.
#[tokio::test]
async fn a_body_in_tiny_pieces_is_whole() {
    let collected = Collecting::new();
    let server = Server::start_http(http_settings(), all(collected.clone()));
    for mut client in HttpClient::both(server.address).await {
        let (pieces, answer) = client.open("/v1/traces", &[]);
        let body = spans(1);
        let sending = async {
            for byte in &body {
                pieces.send(Bytes::copy_from_slice(&[*byte])).await.expect("sent");
            }
            drop(pieces);
        };
        let (answer, ()) = soon(futures_util::future::join(answer, sending)).await;
        assert_eq!(answer.expect("an answer").status, 200);
        assert_eq!(collected.taken().pop().expect("taken").request.body(), &body);
    }
}

/// A large request in JSON is decoded beside the workers, and arrives whole.
#[tokio::test]
async fn large_json_arrives_whole() {
    let collected = Collecting::new();
    let server = Server::start_http(http_settings(), all(collected.clone()));
    let mut client = HttpClient::connect(server.address).await;
    let json = sluice_json::encode(sluice_otlp::Signal::Traces, &spans(10_000)).expect("JSON");
    assert!(json.len() > 4 * MIB);
    let answer = client.post("/v1/traces", &[JSON], json.into()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(collected.taken()[0].items(), 10_000);
    until(|| server.value("sluice_receiver_in_flight_bytes{") == 0).await;
}
