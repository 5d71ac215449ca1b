use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use sluice_otlp::Signal;
use sluice_receiver::HttpSettings;

use super::client::HttpClient;
use crate::consumers::Collecting;
use crate::messages::{logs, points, spans};
use crate::server::{Server, all, http_settings};

/// Each signal arrives at its consumer byte for byte, is answered with full success, and is counted, over both
/// versions of HTTP.
#[tokio::test]
async fn each_signal_arrives_byte_for_byte() {
    let collected = Collecting::new();
    let server = Server::start_http(http_settings(), all(collected.clone()));
    let sent = [
        (Signal::Traces, "/v1/traces", spans(3), "spans", 3),
        (Signal::Logs, "/v1/logs", logs(4), "log_records", 4),
        (Signal::Metrics, "/v1/metrics", points(5), "metric_points", 5),
    ];
    for (round, mut client) in HttpClient::both(server.address).await.into_iter().enumerate() {
        for (signal, path, body, unit, items) in sent.clone() {
            let answer = client.post(path, &[], body.clone()).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-protobuf"));
            assert!(answer.body.is_empty(), "full success leaves partial_success unset");
            let payload = collected.taken().pop().expect("taken");
            assert_eq!((payload.signal(), payload.items()), (signal, items));
            assert_eq!(payload.request.body(), &body);
            let series =
                format!(r#"otelcol_receiver_accepted_{unit}_total{{receiver="otlp",transport="http"}}"#);
            assert_eq!(server.value(&series), (items * (round + 1)) as u64);
        }
    }
}

/// A request of every size around the limits of buffers and frames arrives whole, whether its length is known or
/// not.
#[tokio::test]
async fn every_size_arrives_whole() {
    let collected = Collecting::new();
    let server = Server::start_http(http_settings(), all(collected.clone()));
    for mut client in HttpClient::both(server.address).await {
        for count in [1, 30, 31, 130, 1_100, 9_000, 30_000] {
            let body = spans(count);
            assert_eq!(client.post("/v1/traces", &[], body.clone()).await.status, 200);
            let (pieces, answer) = client.open("/v1/traces", &[]);
            let sending = async {
                for piece in body.chunks(50_000) {
                    pieces.send(Bytes::copy_from_slice(piece)).await.expect("sent");
                }
                drop(pieces);
            };
            let (answer, ()) = crate::soon(futures_util::future::join(answer, sending)).await;
            assert_eq!(answer.expect("an answer").status, 200);
            for payload in collected.taken().iter().rev().take(2) {
                assert!(payload.request.body() == &body, "{} bytes", body.len());
            }
        }
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).expect("compressed");
    encoder.finish().expect("compressed")
}

fn zlib(body: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).expect("compressed");
    encoder.finish().expect("compressed")
}

fn framed_snappy(body: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(body).expect("compressed");
    encoder.into_inner().expect("compressed")
}

fn snappy_block(body: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(body).expect("compressed")
}

fn zstd(body: &[u8]) -> Vec<u8> {
    ::zstd::stream::encode_all(body, 3).expect("compressed")
}

fn lz4(body: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(body).expect("compressed");
    encoder.finish().expect("compressed")
}

/// Every encoding is inflated, in protobuf as well as in JSON.
#[tokio::test]
async fn every_encoding_is_inflated() {
    let collected = Collecting::new();
    let server = Server::start_http(http_settings(), all(collected.clone()));
    let mut client = HttpClient::connect(server.address).await;
    let body = spans(500);
    let json = sluice_json::encode(Signal::Traces, &body).expect("JSON");
    type Compress = fn(&[u8]) -> Vec<u8>;
    let encodings: [(&str, Compress); 10] = [
        ("identity", <[u8]>::to_vec),
        ("gzip", gzip),
        ("x-gzip", gzip),
        ("Zstd", zstd),
        ("deflate", zlib),
        ("zlib", zlib),
        ("snappy", framed_snappy),
        ("snappy", snappy_block),
        ("lz4", lz4),
        ("gzip", |body| [gzip(&body[..100]), gzip(&body[100..])].concat()),
    ];
    for (name, compress) in encodings {
        let encoding = ("content-encoding", name);
        let answer = client.post("/v1/traces", &[encoding], compress(&body).into()).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        assert!(collected.taken().pop().expect("taken").request.body() == &body, "{name}");
        let json_type = super::client::JSON;
        let answer = client.post("/v1/traces", &[json_type, encoding], compress(&json).into()).await;
        assert_eq!((answer.status, &answer.body[..]), (200, &b"{}"[..]), "{name}: {answer:?}");
        assert_eq!(collected.taken().pop().expect("taken").items(), 500, "{name}");
    }
}

/// Paths are as configured, with or without the first slash, and the usual ones are then none.
#[tokio::test]
async fn paths_are_configured() {
    let settings = HttpSettings {
        traces_url_path: "/api/traces".to_owned(),
        logs_url_path: "logs".to_owned(),
        ..http_settings()
    };
    let server = Server::start_http(settings, all(Collecting::new()));
    let mut client = HttpClient::connect(server.address).await;
    for path in ["/api/traces", "/logs", "/v1/metrics", "/api/traces?a=b"] {
        assert_eq!(client.post(path, &[], Bytes::new()).await.status, 200, "{path}");
    }
    let answer = client.post("/v1/traces", &[], Bytes::new()).await;
    assert_eq!(answer.status, 404);
    let message = answer.rpc_status().message;
    assert!(message.contains("/api/traces, /logs, /v1/metrics"), "{message}");
}

/// A request without items succeeds, and is neither passed on nor counted.
#[tokio::test]
async fn an_empty_request_succeeds() {
    let collected = Collecting::new();
    let server = Server::start_http(http_settings(), all(collected.clone()));
    let mut client = HttpClient::connect(server.address).await;
    for body in [Bytes::new(), spans(0)] {
        let answer = client.post("/v1/traces", &[], body).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0));
    }
    for body in ["{}", r#"{"resourceSpans":[]}"#, r#"{"resourceSpans":null}"#] {
        let answer = client.post_json("/v1/traces", body).await;
        assert_eq!((answer.status, &answer.body[..]), (200, &b"{}"[..]));
    }
    assert!(collected.taken().is_empty());
    assert_eq!(server.spans(), (0, 0));
}

/// Plugins see each request's headers, and the same number for all requests of one connection.
#[tokio::test]
async fn headers_and_connections_are_known() {
    let collected = Collecting::new();
    let server = Server::start_http(http_settings(), all(collected.clone()));
    for mut client in HttpClient::both(server.address).await {
        for tenant in ["a", "b"] {
            client
                .post("/v1/traces", &[("X-Tenant", tenant), ("x-list", "1"), ("x-list", "2")], spans(1))
                .await;
        }
    }
    let rows: Vec<_> = collected.taken().iter().map(|payload| payload.metadata[0].clone()).collect();
    assert_eq!(
        (&rows[0].headers["x-tenant"], &rows[1].headers["x-tenant"]),
        (&"a".parse().unwrap(), &"b".parse().unwrap())
    );
    assert_eq!(rows[0].headers.get_all("x-list").iter().count(), 2);
    assert_eq!(rows[0].connection, rows[1].connection);
    assert_eq!(rows[2].connection, rows[3].connection);
    assert_ne!(rows[0].connection, rows[2].connection);
}

/// Headers that the configuration adds are in every answer, errors included.
#[tokio::test]
async fn configured_headers_are_in_every_answer() {
    let response_headers = vec![("X-Served-By".to_owned(), "tier 1".to_owned())];
    let server =
        Server::start_http(HttpSettings { response_headers, ..http_settings() }, all(Collecting::new()));
    for mut client in HttpClient::both(server.address).await {
        for path in ["/v1/traces", "/nothing"] {
            assert_eq!(client.post(path, &[], Bytes::new()).await.header("x-served-by"), "tier 1");
        }
    }
}
