//! What OTLP 1.11 and HTTP ask of a server, case by case, over both versions of HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use prost::Message;
use sluice_auth::{BasicServerSettings, DEFAULT_RELOAD_INTERVAL, ServerAuth};
use sluice_receiver::HttpSettings;

use super::client::{Answer, HttpClient};
use crate::compression::{BOMB_BYTES, gzip, snappy, zstd};
use crate::consumers::{ANSWER, Obeying};
use crate::messages::spans;
use crate::server::{Server, all, http_settings};
use crate::until;

const MIB: usize = 1024 * 1024;
const PROTOBUF: &str = "application/x-protobuf";
pub(super) const JSON: &str = "application/json";
const TRACES: &str = "/v1/traces";

/// A request, and what has to be answered.
struct Case {
    name: &'static str,
    method: Method,
    path: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: Bytes,
    status: u16,
    /// Of the answer.
    content_type: &'static str,
    /// In the message, or anything where it is empty.
    says: &'static str,
    retry_after: &'static str,
    /// What it is counted as; nothing for what is taken.
    reason: &'static str,
}

impl Case {
    fn post(name: &'static str, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            name,
            method: Method::POST,
            path: TRACES,
            headers: vec![("content-type", content_type)],
            body: body.into(),
            status: 200,
            content_type,
            says: "",
            retry_after: "",
            reason: "",
        }
    }

    fn path(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// Of the request; empty is none.
    fn content_type(mut self, content_type: &'static str) -> Self {
        self.headers.retain(|(name, _)| *name != "content-type");
        if content_type.is_empty() { self } else { self.header("content-type", content_type) }
    }

    fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Taken, with this in the answer.
    fn answers(self, says: &'static str) -> Self {
        Self { says, ..self }
    }

    fn is(self, status: u16, reason: &'static str, says: &'static str) -> Self {
        Self { status, reason, says, ..self }
    }

    fn retry_after(self, retry_after: &'static str) -> Self {
        Self { retry_after, ..self }
    }

    fn check(&self, answer: &Answer) {
        let name = self.name;
        assert_eq!(answer.status, self.status, "{name}: {answer:?}");
        assert_eq!(answer.header("retry-after"), self.retry_after, "{name}");
        match self.status {
            401 => assert_eq!(answer.header("www-authenticate"), "Basic realm=\"OTLP\"", "{name}"),
            405 => assert_eq!(answer.header("allow"), "POST", "{name}"),
            415 if self.reason == "unknown_encoding" => {
                assert_eq!(answer.header("accept-encoding"), TAKEN, "{name}")
            }
            _ => {}
        }
        if self.method == Method::HEAD {
            return;
        }
        assert_eq!(answer.header("content-type"), self.content_type, "{name}");
        let text = match (self.status, self.content_type) {
            (200, _) => String::from_utf8_lossy(&answer.body).into_owned(),
            (_, PROTOBUF) => tonic_types::Status::decode(&answer.body[..]).expect(name).message,
            _ => answer.json()["message"].as_str().expect(name).to_owned(),
        };
        assert!(text.contains(self.says), "{name}: {text}");
    }
}

/// What `compression_algorithms` allows unless it is configured.
const TAKEN: &str = "identity, gzip, zstd, zlib, deflate, snappy, lz4, x-gzip";

pub(super) const SPAN: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}"#;

fn good() -> Vec<Case> {
    vec![
        Case::post("protobuf", PROTOBUF, spans(2)),
        Case::post("an empty body", PROTOBUF, ""),
        Case::post("JSON", JSON, SPAN).answers("{}"),
        Case::post("JSON with spaces around", JSON, " \r\n\t{ } \n").answers("{}"),
        Case::post("parameters of a content type", JSON, SPAN)
            .content_type("application/json; charset=utf-8"),
        Case::post("a content type in capitals", PROTOBUF, spans(1)).content_type("APPLICATION/X-PROTOBUF"),
        Case::post("a query", JSON, SPAN).path("/v1/traces?api-key=1"),
        Case::post("identity", JSON, SPAN).header("content-encoding", "identity"),
        Case::post("whatever is accepted", JSON, SPAN)
            .header("accept", "text/html")
            .header("accept-encoding", "gzip"),
        Case::post("unknown fields", JSON, r#"{"future":[{"a":{}}],"resourceSpans":[]}"#).answers("{}"),
        Case::post("logs", JSON, r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}"#)
            .path("/v1/logs"),
        Case::post("metrics", JSON, r#"{"resourceMetrics":[]}"#).path("/v1/metrics"),
        Case::post("another signal's JSON has no items", JSON, r#"{"resourceLogs":[]}"#),
    ]
}

fn malformed() -> Vec<Case> {
    let cut = spans(1).slice(..50);
    vec![
        Case::post("noise", PROTOBUF, &b"\xff\xff\xff"[..]).is(400, "malformed", "malformed OTLP at byte 0"),
        Case::post("a message that is cut off", PROTOBUF, cut).is(400, "malformed", "malformed OTLP at byte"),
        Case::post("a wrong wire type", PROTOBUF, &b"\x08\x01"[..]).is(400, "malformed", "wire type"),
        Case::post("JSON as protobuf", PROTOBUF, SPAN).is(400, "malformed", "malformed OTLP"),
        Case::post("protobuf as JSON", JSON, spans(1)).is(400, "malformed", "malformed OTLP/JSON"),
        Case::post("no JSON at all", JSON, "").is(400, "malformed", "EOF while parsing"),
        Case::post("JSON that is cut off", JSON, &SPAN.as_bytes()[..30]).is(
            400,
            "malformed",
            "EOF while parsing",
        ),
        Case::post("JSON with something behind it", JSON, "{}{}").is(400, "malformed", "trailing characters"),
        Case::post("a list", JSON, "[]").is(400, "malformed", "expected an object"),
        Case::post("a short id", JSON, r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"ab"}]}]}]}"#)
            .is(400, "malformed", "resourceSpans[0].scopeSpans[0].spans[0].spanId"),
        Case::post("an object for a list", JSON, r#"{"resourceSpans":{}}"#).is(
            400,
            "malformed",
            "expected an array",
        ),
        Case::post("broken gzip", PROTOBUF, "no gzip").header("content-encoding", "gzip").is(
            400,
            "malformed",
            "gzip data of the message is broken",
        ),
        Case::post("broken zstd", JSON, "no zstd").header("content-encoding", "zstd").is(
            400,
            "malformed",
            "zstd data of the message is broken",
        ),
        Case::post("broken deflate", JSON, "no zlib").header("content-encoding", "deflate").is(
            400,
            "malformed",
            "deflate data of the message is broken",
        ),
        Case::post("broken snappy", JSON, "\u{1}no").header("content-encoding", "snappy").is(
            400,
            "malformed",
            "snappy data of the message is broken",
        ),
    ]
}

fn elsewhere() -> Vec<Case> {
    vec![
        Case::post("another path", PROTOBUF, "").path("/v2/traces").is(
            404,
            "unknown_path",
            "nothing is served at /v2/traces",
        ),
        Case::post("the root", JSON, "{}").path("/").is(
            404,
            "unknown_path",
            "/v1/traces, /v1/logs, /v1/metrics",
        ),
        Case::post("a slash at the end", JSON, "{}").path("/v1/traces/").is(
            404,
            "unknown_path",
            "nothing is served",
        ),
        Case::post("profiles", PROTOBUF, "").path("/v1development/profiles").is(
            404,
            "no_pipeline",
            "profiles are not supported",
        ),
        Case::post("profiles as documented", JSON, "{}").path("/v1/profiles").is(
            404,
            "no_pipeline",
            "profiles are not supported",
        ),
        Case::post("GET", JSON, "").method(Method::GET).is(
            405,
            "method_not_allowed",
            "GET is not served here",
        ),
        Case::post("PUT", PROTOBUF, spans(1)).method(Method::PUT).is(
            405,
            "method_not_allowed",
            "OTLP is sent by POST",
        ),
        Case::post("HEAD", JSON, "").method(Method::HEAD).is(405, "method_not_allowed", ""),
        Case::post("OPTIONS without CORS", JSON, "").method(Method::OPTIONS).is(
            405,
            "method_not_allowed",
            "OPTIONS",
        ),
        Case::post("GET elsewhere", JSON, "").method(Method::GET).path("/").is(
            404,
            "unknown_path",
            "nothing is served",
        ),
        Case::post("no content type", JSON, "{}").content_type("").is(
            415,
            "unknown_content_type",
            "application/x-protobuf",
        ),
        Case::post("text", JSON, "{}").content_type("text/plain").is(
            415,
            "unknown_content_type",
            "`text/plain`",
        ),
        Case::post("another protobuf", JSON, "").content_type("application/protobuf").is(
            415,
            "unknown_content_type",
            "application/x-protobuf",
        ),
        Case::post("gRPC", JSON, "").content_type("application/grpc").is(
            415,
            "unknown_content_type",
            "gRPC has a port of its own",
        ),
        Case::post("brotli", PROTOBUF, "").header("content-encoding", "br").is(
            415,
            "unknown_encoding",
            "content-encoding `br` is not taken",
        ),
        Case::post("two encodings", JSON, "{}").header("content-encoding", "gzip, zstd").is(
            415,
            "unknown_encoding",
            "`gzip, zstd` is not taken",
        ),
    ]
}

fn too_large() -> Vec<Case> {
    let zeros = vec![0; BOMB_BYTES];
    let is = |case: Case, says| case.is(413, "too_large", says);
    let announced = "larger than max_request_body_size (1048576 bytes)";
    let inflated = "after decompression larger than max (1048576 bytes)";
    vec![
        is(Case::post("a byte above the limit", PROTOBUF, vec![0; MIB + 1]), announced),
        is(Case::post("JSON above the limit", JSON, vec![b' '; MIB + 1]), announced),
        is(Case::post("a bomb in gzip", PROTOBUF, gzip(&zeros)), inflated).header("content-encoding", "gzip"),
        is(Case::post("a bomb in zstd", JSON, zstd(&zeros)), inflated).header("content-encoding", "zstd"),
        is(Case::post("a bomb in snappy", PROTOBUF, snappy(&zeros[..16 * MIB])), inflated)
            .header("content-encoding", "snappy"),
    ]
}

/// What the pipeline says.
fn refused() -> Vec<Case> {
    let mut cases = Vec::new();
    for (content_type, body) in [(PROTOBUF, spans(2)), (JSON, Bytes::from_static(SPAN.as_bytes()))] {
        let told = |name, answer| Case::post(name, content_type, body.clone()).header(ANSWER, answer);
        cases.extend([
            told("the pipeline takes a part", "partly").answers("one is too much"),
            told("the pipeline has a word", "warning").answers("this time it was enough"),
            told("a queue is full", "overloaded").is(503, "overloaded", "is full").retry_after("1"),
            told("a queue knows when", "later").is(503, "overloaded", "is full").retry_after("5"),
            told("no backend", "unavailable").is(503, "unavailable", "no backend"),
            told("the end is near", "ending").is(503, "shutting_down", "shutting down"),
            told("the pipeline finds it malformed", "malformed").is(400, "malformed", "no good"),
            told("the pipeline finds it too large", "large").is(413, "too_large", "larger than"),
            told("a bug in the pipeline", "panic").is(503, "panic", "the pipeline failed"),
        ]);
    }
    cases
}

fn credentials() -> Vec<Case> {
    let is = |case: Case| case.is(401, "unauthenticated", "");
    vec![
        // agent:hunter2
        Case::post("the right password", PROTOBUF, spans(1))
            .header("authorization", "Basic YWdlbnQ6aHVudGVyMg=="),
        is(Case::post("no password", PROTOBUF, spans(1))),
        is(Case::post("another password", JSON, SPAN)).header("authorization", "Basic YWdlbnQ6aHVudGVyMw=="),
        is(Case::post("another scheme", JSON, SPAN)).header("authorization", "Bearer hunter2"),
        is(Case::post("no base64", PROTOBUF, spans(1))).header("authorization", "Basic ***"),
        is(Case::post("no password, before any look at the path", JSON, "{}")).path("/nothing"),
        is(Case::post("no password, before any look at the method", JSON, "")).method(Method::GET),
        is(Case::post("no password, before any look at the body", JSON, "noise")),
    ]
}

/// Sends every case over one connection of each version of HTTP, and checks what came back and what was counted. Where
/// `survives`, the connection serves all of them.
async fn run(settings: HttpSettings, cases: Vec<Case>, survives: bool) {
    let server = Server::start_http(settings, all(Arc::new(Obeying)));
    let mut reasons = BTreeMap::<&str, u64>::new();
    for mut client in HttpClient::both(server.address).await {
        for case in &cases {
            if !survives && !client.is_open() {
                client = HttpClient::connect(server.address).await;
            }
            let answer = client.send(case.method.clone(), case.path, &case.headers, case.body.clone()).await;
            case.check(&answer);
            if !case.reason.is_empty() {
                let count = reasons.entry(case.reason).or_default();
                *count += 1;
                assert_eq!(server.rejected(case.reason), *count, "{}", case.name);
            }
        }
        assert!(!survives || client.is_open(), "a case has ended the connection");
    }
    assert_eq!(server.all_rejected(), reasons.values().sum::<u64>(), "counted twice, or as something else");
    until(|| server.in_flight() == 0).await;
    assert_eq!(server.value("sluice_receiver_in_flight_bytes{"), 0);
}

/// What clients may send is taken; what is not OTLP is refused for good and in words, in the form of the request.
#[tokio::test]
async fn good_and_malformed_requests_are_answered_as_specified() {
    run(http_settings(), [good(), malformed()].into_iter().flatten().collect(), true).await;
}

/// What is not served is told by its code, with what is served instead.
#[tokio::test]
async fn requests_that_are_not_served_are_answered_as_specified() {
    run(http_settings(), elsewhere(), true).await;
}

/// What is too large, before or after decompression, is refused for good: no Retry-After.
#[tokio::test]
async fn requests_that_are_too_large_are_answered_as_specified() {
    run(HttpSettings { max_request_body_size: MIB, ..http_settings() }, too_large(), false).await;
}

/// What the pipeline says has OTLP's code, its delay, and its count.
#[tokio::test]
async fn refused_requests_are_answered_as_specified() {
    run(http_settings(), refused(), true).await;
}

/// With `auth`, every request shows the password before anything else of it counts.
#[tokio::test]
async fn requests_with_credentials_are_answered_as_specified() {
    let passwords = BasicServerSettings {
        file: None,
        inline: Some("agent:hunter2".to_owned()),
        reload_interval: DEFAULT_RELOAD_INTERVAL,
    };
    let auth = ServerAuth::basic("extensions::basicauth", passwords).expect("settings that can be used");
    run(HttpSettings { auth: Some(auth), ..http_settings() }, credentials(), true).await;
}
