use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use sluice_otlp::Signal;
use sluice_receiver::Consumers;
use tonic::Code;
use tonic::codec::CompressionEncoding;

use super::client::{RawClient, TonicClient};
use crate::consumers::{Collecting, Instant};
use crate::messages::{LOGS, METRICS, TRACES, framed, logs, points, spans};
use crate::server::{Server, all, settings};

/// Each signal arrives at its consumer byte for byte, is answered with full success, and is counted.
#[tokio::test]
async fn each_signal_arrives_byte_for_byte() {
    let collected = Collecting::new();
    let server = Server::start(settings(), all(collected.clone()));
    let client = TonicClient::connect(server.address).await;
    let sent = [
        (Signal::Traces, TRACES, spans(3), "spans", 3),
        (Signal::Logs, LOGS, logs(4), "log_records", 4),
        (Signal::Metrics, METRICS, points(5), "metric_points", 5),
    ];
    for (signal, path, body, unit, items) in sent {
        let reply = client.export(path, body.clone()).await.expect("accepted");
        assert!(reply.is_empty(), "full success leaves partial_success unset");
        let payload = collected.taken().pop().expect("taken");
        assert_eq!((payload.signal(), payload.items()), (signal, items));
        assert_eq!(payload.request.body(), &body);
        let series = format!(r#"otelcol_receiver_accepted_{unit}_total{{receiver="otlp",transport="grpc"}}"#);
        assert_eq!(server.value(&series), items as u64);
    }
}

/// A request of every size around the limits of frames, windows and buffers arrives whole.
#[tokio::test]
async fn every_size_arrives_whole() {
    let collected = Collecting::new();
    let server = Server::start(settings(), all(collected.clone()));
    let client = TonicClient::connect(server.address).await;
    for count in [1, 30, 31, 130, 1_100, 9_000, 30_000] {
        let body = spans(count);
        client.export(TRACES, body.clone()).await.expect("accepted");
        let payload = collected.taken().pop().expect("taken");
        assert!(payload.request.body() == &body, "{} bytes", body.len());
    }
}

/// What tonic compresses with gzip and zstd is inflated.
#[tokio::test]
async fn gzip_and_zstd_from_tonic() {
    let collected = Collecting::new();
    let server = Server::start(settings(), all(collected.clone()));
    for encoding in [CompressionEncoding::Gzip, CompressionEncoding::Zstd] {
        let client = TonicClient::connect(server.address).await.compressing(encoding);
        for count in [1, 2_000] {
            let body = spans(count);
            client.export(TRACES, body.clone()).await.expect("accepted");
            let payload = collected.taken().pop().expect("taken");
            assert!(payload.request.body() == &body, "{encoding:?}");
        }
    }
}

/// What Go's clients compress with snappy (framed) and gzip is inflated, and a message that is not
/// compressed is taken as it is whatever the header says.
#[tokio::test]
async fn snappy_and_gzip_as_other_clients_send_them() {
    let collected = Collecting::new();
    let server = Server::start(settings(), all(collected.clone()));
    let mut client = RawClient::connect(server.address).await;
    let body = spans(500);
    let mut snappy = snap::write::FrameEncoder::new(Vec::new());
    snappy.write_all(&body).expect("compressed");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&body).expect("compressed");
    let cases = [
        ("snappy", framed(1, &snappy.into_inner().expect("compressed"))),
        ("gzip", framed(1, &gzip.finish().expect("compressed"))),
        ("gzip", framed(0, &body)),
        ("identity", framed(0, &body)),
    ];
    for (encoding, frame) in cases {
        let answer = client.call(TRACES, &[("grpc-encoding", encoding)], frame).await;
        assert_eq!(answer.status.code(), Code::Ok, "{encoding}: {}", answer.status.message());
        assert!(collected.taken().pop().expect("taken").request.body() == &body, "{encoding}");
        assert_eq!(answer.headers["grpc-accept-encoding"], "gzip,zstd,snappy,identity");
    }
}

/// An encoding that we do not know is answered with those that we do.
#[tokio::test]
async fn an_unknown_encoding_is_named() {
    let server = Server::start(settings(), all(Collecting::new()));
    let mut client = RawClient::connect(server.address).await;
    let answer = client.call(TRACES, &[("grpc-encoding", "br")], framed(1, b"x")).await;
    assert_eq!(answer.status.code(), Code::Unimplemented);
    assert_eq!(answer.headers["grpc-accept-encoding"], "gzip,zstd,snappy,identity");
    assert_eq!(server.rejected("unknown_encoding"), 1);
}

/// A request without items succeeds, and is neither passed on nor counted.
#[tokio::test]
async fn an_empty_request_succeeds() {
    let collected = Collecting::new();
    let server = Server::start(settings(), all(collected.clone()));
    let client = TonicClient::connect(server.address).await;
    for body in [Bytes::new(), spans(0)] {
        assert!(client.export(TRACES, body).await.expect("accepted").is_empty());
    }
    assert!(collected.taken().is_empty());
    assert_eq!(server.spans(), (0, 0));
}

/// A signal without a pipeline, profiles, and unknown methods are UNIMPLEMENTED, and say so.
#[tokio::test]
async fn what_is_not_served_is_unimplemented() {
    let consumers = Consumers { traces: Some(std::sync::Arc::new(Instant)), ..Consumers::default() };
    let server = Server::start(settings(), consumers);
    let client = TonicClient::connect(server.address).await;
    let profiles = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";
    let cases = [
        (LOGS, "no pipeline for logs is configured on this receiver"),
        (METRICS, "no pipeline for metrics is configured on this receiver"),
        (profiles, "profiles are not supported"),
        ("/a.Service/Call", "unknown method /a.Service/Call"),
    ];
    for (path, words) in cases {
        let status = client.export(path, Bytes::new()).await.expect_err(words);
        assert_eq!((status.code(), status.message()), (Code::Unimplemented, words));
    }
    assert_eq!((server.rejected("no_pipeline"), server.rejected("unknown_method")), (3, 1));
    client.export(TRACES, spans(1)).await.expect("traces are served");
}

/// What is no gRPC is answered with an HTTP status, as the protocol asks.
#[tokio::test]
async fn what_is_no_grpc_gets_an_http_status() {
    let server = Server::start(settings(), all(Collecting::new()));
    let mut client = RawClient::connect(server.address).await;
    for content_type in ["application/x-protobuf", "application/grpc+json", "application/grpcweb", ""] {
        let answer = client.call(TRACES, &[("content-type", content_type)], Bytes::new()).await;
        assert_eq!(answer.http, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    for content_type in ["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"] {
        let answer = client.call(TRACES, &[("content-type", content_type)], framed(0, b"")).await;
        assert_eq!(answer.status.code(), Code::Ok, "{content_type}");
    }
}

/// Plugins see each request's headers, and the same number for all requests of one connection.
#[tokio::test]
async fn headers_and_connections_are_known() {
    let collected = Collecting::new();
    let server = Server::start(settings(), all(collected.clone()));
    let mut first = RawClient::connect(server.address).await;
    let mut second = RawClient::connect(server.address).await;
    for client in [&mut first, &mut second] {
        for tenant in ["a", "b"] {
            let headers = [("x-tenant", tenant), ("x-list", "1"), ("x-list", "2")];
            client.call(TRACES, &headers, framed(0, &spans(1))).await;
        }
    }
    let rows: Vec<_> = collected.taken().iter().map(|payload| payload.metadata[0].clone()).collect();
    assert_eq!(rows[0].headers["x-tenant"], "a");
    assert_eq!(rows[1].headers["x-tenant"], "b");
    assert_eq!(rows[0].headers.get_all("x-list").iter().count(), 2);
    assert_eq!(rows[0].resources, 1);
    assert_eq!(rows[0].connection, rows[1].connection);
    assert_eq!(rows[2].connection, rows[3].connection);
    assert_ne!(rows[0].connection, rows[2].connection);
}
