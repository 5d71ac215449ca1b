//! What OTLP 1.11 and gRPC ask of a server, case by case.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sluice_auth::{BasicServerSettings, DEFAULT_RELOAD_INTERVAL, ServerAuth};
use sluice_receiver::GrpcSettings;
use tonic::Code;

use super::case::Case;
use super::client::RawClient;
use crate::compression::{BOMB_BYTES, gzip, snappy, zstd};
use crate::consumers::{ANSWER, Obeying};
use crate::messages::{LOGS, METRICS, framed, logs, points, spans};
use crate::server::{Server, all, settings};
use crate::until;

const PROFILES: &str = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";
const MIB: usize = 1024 * 1024;

/// A call of two spans, which the pipeline answers as told.
fn told(name: &'static str, answer: &'static str) -> Case {
    Case::call(name, framed(0, &spans(2))).header(ANSWER, answer)
}

fn good() -> Vec<Case> {
    let two = framed(0, &spans(2));
    let with_trailing = Bytes::from([&spans(2)[..], b"\xfa\x7f\x01x"].concat());
    vec![
        Case::call("spans", two.clone()),
        Case::call("log records", framed(0, &logs(2))).path(LOGS),
        Case::call("data points", framed(0, &points(2))).path(METRICS),
        Case::call("nothing", framed(0, b"")),
        Case::call("nothing, compressed", framed(1, &gzip(b""))).header("grpc-encoding", "gzip"),
        Case::call("resources without spans", framed(0, &spans(0))),
        Case::call("a field of the future", framed(0, &with_trailing)),
        Case::call("gzip", framed(1, &gzip(&spans(2)))).header("grpc-encoding", "gzip"),
        Case::call("zstd", framed(1, &zstd(&spans(2)))).header("grpc-encoding", "zstd"),
        Case::call("snappy", framed(1, &snappy(&spans(2)))).header("grpc-encoding", "snappy"),
        Case::call("not compressed, whatever the header says", two.clone()).header("grpc-encoding", "gzip"),
        Case::call("identity", two.clone()).header("grpc-encoding", "identity"),
        Case::call("a content type with a suffix", two.clone())
            .header("content-type", "application/grpc+proto"),
        Case::call("a content type with parameters", two.clone())
            .header("content-type", "application/grpc;charset=utf-8"),
        Case::call("te, as every gRPC client sends it", two.clone()).header("te", "trailers"),
        Case::call("a deadline that is far", two.clone()).header("grpc-timeout", "1H"),
        Case::call("a deadline that cannot be read", two.clone()).header("grpc-timeout", "soon"),
        Case::call("a deadline with too many digits", two.clone()).header("grpc-timeout", "123456789S"),
        Case::call("a client that asks for compressed answers", two.clone())
            .header("grpc-accept-encoding", "gzip,br"),
        Case::call("20,000 bytes of headers", two).header("x-large", "x".repeat(20_000)),
    ]
}

fn malformed() -> Vec<Case> {
    let two = spans(2);
    let is = |case: Case, says| case.is(Code::InvalidArgument, "malformed", says);
    let twice = [framed(0, b""), framed(0, b"")].concat();
    vec![
        is(Case::call("noise", framed(0, b"\xff\xff\xff")), "malformed OTLP at byte 0"),
        is(Case::call("a message that is cut off", framed(0, &two[..50])), "malformed OTLP at byte 0")
            .at("resource_spans[0]"),
        is(Case::call("a wrong wire type", framed(0, b"\x08\x01")), "wire type 0 is not the field's")
            .at("resource_spans[0]"),
        is(Case::call("a short trace id", framed(0, SHORT_TRACE_ID)), "a trace id has 2 bytes, not 16")
            .at("resource_spans[0].scope_spans[0].spans[0].trace_id"),
        is(Case::call("a short span id", framed(0, SHORT_SPAN_ID)), "a span id has 1 bytes, not 8")
            .at("resource_spans[0].scope_spans[0].spans[1].span_id"),
        is(Case::call("JSON", framed(0, b"{\"resourceSpans\":[]}")), "malformed OTLP at byte 0")
            .at("field 15"),
        is(Case::call("no message at all", ""), "the request ends before its message begins"),
        is(Case::call("half of a frame's head", &b"\0\0"[..]), "ends before its message begins"),
        is(Case::call("half of a message", framed(0, &two).slice(..500)), "the message ends after 495 of"),
        is(Case::call("two messages", twice), "more than one message in a unary call"),
        is(Case::call("a byte too many", [&framed(0, &two)[..], b"x"].concat()), "more than one message"),
        is(Case::call("no frame", &b"POST it\n"[..]), "the first byte of a message is 0 or 1"),
        is(Case::call("compressed, and no word how", framed(1, &gzip(&two))), "there is no grpc-encoding"),
        is(Case::call("compressed identity", framed(1, &two)), "there is no grpc-encoding")
            .header("grpc-encoding", "identity"),
        is(Case::call("broken gzip", framed(1, &two)), "gzip data of the message is broken")
            .header("grpc-encoding", "gzip"),
        is(Case::call("broken zstd", framed(1, &two)), "zstd data of the message is broken")
            .header("grpc-encoding", "zstd"),
        is(Case::call("broken snappy", framed(1, &two)), "snappy data of the message is broken")
            .header("grpc-encoding", "snappy"),
        is(Case::call("gzip that is cut off", framed(1, &gzip(&two)[..100])), "gzip data of the message is")
            .header("grpc-encoding", "gzip"),
    ]
}

/// `resource_spans { scope_spans { spans { trace_id: 2 bytes } } }`
const SHORT_TRACE_ID: &[u8] = b"\x0a\x08\x12\x06\x12\x04\x0a\x02ab";
/// `resource_spans { scope_spans { spans {} spans { span_id: 1 byte } } }`
const SHORT_SPAN_ID: &[u8] = b"\x0a\x09\x12\x07\x12\x00\x12\x03\x12\x01a";

fn too_large() -> Vec<Case> {
    let is = |case: Case, says| case.is(Code::ResourceExhausted, "too_large", says);
    let mut announced = framed(0, b"").to_vec();
    announced[1..].copy_from_slice(&u32::MAX.to_be_bytes());
    let zeros = vec![0; BOMB_BYTES];
    let inflated = "received message after decompression larger than max (1048576 bytes)";
    vec![
        is(Case::call("a byte above the limit", framed(0, &vec![0; MIB + 1])), "(1048577 vs. 1048576)"),
        is(Case::call("4 GiB, by the first five bytes", announced), "larger than max (4294967295 vs.")
            .left_open(),
        is(Case::call("a bomb in gzip", framed(1, &gzip(&zeros))), inflated).header("grpc-encoding", "gzip"),
        is(Case::call("a bomb in zstd", framed(1, &zstd(&zeros))), inflated).header("grpc-encoding", "zstd"),
        is(Case::call("a bomb in snappy", framed(1, &snappy(&zeros[..16 * MIB]))), inflated)
            .header("grpc-encoding", "snappy"),
        is(Case::call("large, compressed to little", framed(1, &gzip(&spans(3_000)))), inflated)
            .header("grpc-encoding", "gzip"),
    ]
}

fn elsewhere() -> Vec<Case> {
    let two = framed(0, &spans(2));
    let is = |case: Case, reason, says| case.is(Code::Unimplemented, reason, says);
    vec![
        is(Case::call("profiles", two.clone()), "no_pipeline", "profiles are not supported").path(PROFILES),
        is(Case::call("another method", two.clone()), "unknown_method", "unknown method /")
            .path("/opentelemetry.proto.collector.trace.v1.TraceService/Import"),
        is(Case::call("another service", two.clone()), "unknown_method", "unknown method /a.B/C")
            .path("/a.B/C"),
        is(Case::call("the path of OTLP/HTTP", two.clone()), "unknown_method", "unknown method /v1/traces")
            .path("/v1/traces"),
        is(Case::call("brotli", framed(1, b"x")), "unknown_encoding", "grpc-encoding br is not known; gzip")
            .header("grpc-encoding", "br"),
        is(Case::call("deflate", framed(1, b"x")), "unknown_encoding", "grpc-encoding deflate is not known")
            .header("grpc-encoding", "deflate"),
        Case::call("no content type", two.clone())
            .header("content-type", "")
            .no_grpc(415, "unknown_content_type"),
        Case::call("protobuf as HTTP has it", spans(2))
            .header("content-type", "application/x-protobuf")
            .no_grpc(415, "unknown_content_type"),
        Case::call("gRPC for browsers", two.clone())
            .header("content-type", "application/grpc-web+proto")
            .no_grpc(415, "unknown_content_type"),
        Case::call("gRPC with JSON", two)
            .header("content-type", "application/grpc+json")
            .no_grpc(415, "unknown_content_type"),
    ]
}

/// What the pipeline says.
fn refused() -> Vec<Case> {
    let second = Duration::from_secs(1);
    let unavailable = Code::Unavailable;
    vec![
        told("the pipeline takes a part", "partly").partly(1),
        told("the pipeline has a word", "warning"),
        told("a queue is full", "overloaded").is(unavailable, "overloaded", "is full").retry(second),
        told("a queue knows when", "later").is(unavailable, "overloaded", "is full").retry(5 * second),
        told("no backend", "unavailable").is(unavailable, "unavailable", "no backend"),
        told("the end is near", "ending").is(unavailable, "shutting_down", "shutting down"),
        told("the pipeline finds it malformed", "malformed").is(
            Code::InvalidArgument,
            "malformed",
            "no good",
        ),
        told("the pipeline finds it too large", "large").is(
            Code::ResourceExhausted,
            "too_large",
            "larger than",
        ),
        told("a bug in the pipeline", "panic").is(unavailable, "panic", "the pipeline failed"),
        told("a deadline in the pipeline", "never").header("grpc-timeout", "20m").is(
            Code::DeadlineExceeded,
            "deadline_exceeded",
            "the deadline that the client set has passed",
        ),
    ]
}

/// Half-closed, or never closed.
fn slow() -> Vec<Case> {
    vec![
        Case::call("a deadline that is over", framed(0, &spans(2)).slice(..9))
            .header("grpc-timeout", "0n")
            .left_open()
            .is(Code::DeadlineExceeded, "deadline_exceeded", "the deadline that the client set has passed"),
        Case::call("a deadline in the middle of a message", framed(0, &spans(2)).slice(..100))
            .header("grpc-timeout", "20m")
            .left_open()
            .is(Code::DeadlineExceeded, "deadline_exceeded", "the deadline that the client set has passed"),
        Case::call("a message that never ends", framed(0, &spans(2)).slice(..100)).left_open().is(
            Code::DeadlineExceeded,
            "slow_client",
            "the message did not arrive within 0.2 s",
        ),
        Case::call("a client that never ends its side", framed(0, &spans(2))).left_open().is(
            Code::DeadlineExceeded,
            "slow_client",
            "the message did not arrive within 0.2 s",
        ),
    ]
}

fn credentials() -> Vec<Case> {
    let two = framed(0, &spans(2));
    let is = |case: Case| case.is(Code::Unauthenticated, "unauthenticated", "");
    vec![
        // agent:hunter2
        Case::call("the right password", two.clone()).header("authorization", "Basic YWdlbnQ6aHVudGVyMg=="),
        is(Case::call("no password", two.clone())),
        is(Case::call("another password", two.clone())).header("authorization", "Basic YWdlbnQ6aHVudGVyMw=="),
        is(Case::call("another scheme", two.clone())).header("authorization", "Bearer hunter2"),
        is(Case::call("no base64", two.clone())).header("authorization", "Basic ***"),
        is(Case::call("no password, before any look at the path", two.clone())).path("/a.B/C"),
        is(Case::call("no password, before any look at the body", framed(1, b"noise"))),
        Case::call("no gRPC, before any look at the password", two)
            .header("content-type", "text/plain")
            .no_grpc(415, "unknown_content_type"),
    ]
}

/// Sends every case over one connection, and checks what came back and what was counted.
async fn run(settings: GrpcSettings, cases: Vec<Case>) {
    let server = Server::start(settings, all(Arc::new(Obeying)));
    let mut client = RawClient::connect(server.address).await;
    let mut reasons = std::collections::BTreeMap::<&str, u64>::new();
    for case in &cases {
        let answer = case.send(&mut client).await;
        case.check(&answer);
        if !case.reason.is_empty() {
            let count = reasons.entry(case.reason).or_default();
            *count += 1;
            assert_eq!(server.rejected(case.reason), *count, "{}", case.name);
        }
        assert!(client.is_open(), "{} has ended the connection", case.name);
    }
    let counted: u64 = server.all_rejected();
    assert_eq!(counted, reasons.values().sum::<u64>(), "a case was counted twice, or as something else");
    assert_eq!(server.connections(), 1);
    until(|| server.in_flight() <= never(&cases)).await;
}

/// Cases whose request the pipeline keeps.
fn never(cases: &[Case]) -> u64 {
    let keeps = |case: &&Case| case.headers.iter().any(|(_, value)| value == "never");
    cases.iter().filter(keeps).count() as u64
}

/// One MiB is the limit, and nobody is too slow, however slow the machine.
fn small() -> GrpcSettings {
    GrpcSettings { max_recv_msg_size_mib: 1, read_timeout: crate::PATIENCE, ..settings() }
}

/// What clients may send is taken; what is not OTLP is refused for good, with its place; none ends the connection.
#[tokio::test]
async fn good_and_malformed_calls_are_answered_as_specified() {
    let cases: Vec<_> = [good(), malformed()].into_iter().flatten().collect();
    assert!(cases.len() >= 38, "{}", cases.len());
    run(small(), cases).await;
}

/// What is too large, before or after decompression, is refused for good: no RetryInfo.
#[tokio::test]
async fn calls_that_are_too_large_are_answered_as_specified() {
    run(small(), too_large()).await;
}

/// What is not served is told by its code, and what is no gRPC by an HTTP status.
#[tokio::test]
async fn calls_that_are_not_served_are_answered_as_specified() {
    run(small(), elsewhere()).await;
}

/// What the pipeline says has OTLP's code, its delay, and its count.
#[tokio::test]
async fn refused_calls_are_answered_as_specified() {
    run(small(), refused()).await;
}

/// Whoever is late is told so in a way that lets it try again, and whoever never ends its side is let go.
#[tokio::test]
async fn late_calls_are_answered_as_specified() {
    run(GrpcSettings { read_timeout: Duration::from_millis(200), ..small() }, slow()).await;
}

/// With `auth`, every call shows the password before anything else of it counts.
#[tokio::test]
async fn calls_with_credentials_are_answered_as_specified() {
    let passwords = BasicServerSettings {
        file: None,
        inline: Some("agent:hunter2".to_owned()),
        reload_interval: DEFAULT_RELOAD_INTERVAL,
    };
    let auth = ServerAuth::basic("extensions::basicauth", passwords).expect("settings that can be used");
    let settings = GrpcSettings { auth: Some(auth), ..small() };
    run(settings, credentials()).await;
}
