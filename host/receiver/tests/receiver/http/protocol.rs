//! What OTLP 1.11 and HTTP ask of a server, case by case, over both versions of HTTP.

use bytes::Bytes;
use http::Method;
use prost::Message;
use sluice_receiver::Consumers;

use super::client::{Answer, HttpClient, say};
use crate::consumers::Collecting;
use crate::messages::spans;
use crate::server::{Server, all, http_settings};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";
const TRACES: &str = "/v1/traces";

/// A request, and what has to be answered.
struct Case {
    name: &'static str,
    method: Method,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: Bytes,
    status: u16,
    content_type: &'static str,
    /// In the body, or anything where it is empty.
    says: &'static str,
}

impl Case {
    fn post(name: &'static str, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let headers: &'static [_] = match content_type {
            PROTOBUF => &[("content-type", PROTOBUF)],
            _ => &[("content-type", JSON)],
        };
        let (method, body) = (Method::POST, body.into());
        Self { name, method, path: TRACES, headers, body, status: 200, content_type, says: "" }
    }

    fn path(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    fn headers(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }

    fn is(self, status: u16, says: &'static str) -> Self {
        Self { status, says, ..self }
    }

    fn answered_in(self, content_type: &'static str) -> Self {
        Self { content_type, ..self }
    }

    fn check(&self, answer: &Answer) {
        let name = self.name;
        assert_eq!(answer.status, self.status, "{name}: {answer:?}");
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

const SPAN: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}"#;

fn good() -> Vec<Case> {
    vec![
        Case::post("protobuf", PROTOBUF, spans(2)),
        Case::post("an empty body", PROTOBUF, ""),
        Case::post("JSON", JSON, SPAN).is(200, "{}"),
        Case::post("JSON with spaces around", JSON, " \r\n\t{ } \n").is(200, "{}"),
        Case::post("parameters of a content type", JSON, SPAN)
            .headers(&[("content-type", "application/json; charset=utf-8")]),
        Case::post("a content type in capitals", PROTOBUF, spans(1))
            .headers(&[("content-type", "APPLICATION/X-PROTOBUF")]),
        Case::post("a query", JSON, SPAN).path("/v1/traces?api-key=1"),
        Case::post("identity", JSON, SPAN)
            .headers(&[("content-type", JSON), ("content-encoding", "identity")]),
        Case::post("whatever is accepted", JSON, SPAN).headers(&[
            ("content-type", JSON),
            ("accept", "text/html"),
            ("accept-encoding", "gzip"),
        ]),
        Case::post("unknown fields", JSON, r#"{"future":[{"a":{}}],"resourceSpans":[]}"#).is(200, "{}"),
        Case::post("logs", JSON, r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}"#)
            .path("/v1/logs"),
        Case::post("metrics", JSON, r#"{"resourceMetrics":[]}"#).path("/v1/metrics"),
        Case::post("another signal's JSON has no items", JSON, r#"{"resourceLogs":[]}"#),
    ]
}

fn malformed() -> Vec<Case> {
    let cut = spans(1).slice(..50);
    vec![
        Case::post("noise", PROTOBUF, &b"\xff\xff\xff"[..]).is(400, "malformed OTLP at byte 0"),
        Case::post("a message that is cut off", PROTOBUF, cut).is(400, "malformed OTLP at byte"),
        Case::post("a wrong wire type", PROTOBUF, &b"\x08\x01"[..]).is(400, "wire type"),
        Case::post("JSON as protobuf", PROTOBUF, SPAN).is(400, "malformed OTLP"),
        Case::post("protobuf as JSON", JSON, spans(1)).is(400, "malformed OTLP/JSON"),
        Case::post("no JSON at all", JSON, "").is(400, "EOF while parsing"),
        Case::post("JSON that is cut off", JSON, &SPAN.as_bytes()[..30]).is(400, "EOF while parsing"),
        Case::post("JSON with something behind it", JSON, "{}{}").is(400, "trailing characters"),
        Case::post("a list", JSON, "[]").is(400, "expected an object"),
        Case::post("a short id", JSON, r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"ab"}]}]}]}"#)
            .is(400, "resourceSpans[0].scopeSpans[0].spans[0].spanId"),
        Case::post("an object for a list", JSON, r#"{"resourceSpans":{}}"#).is(400, "expected an array"),
        Case::post("broken gzip", PROTOBUF, "no gzip")
            .headers(&[("content-type", PROTOBUF), ("content-encoding", "gzip")])
            .is(400, "gzip data of the message is broken"),
        Case::post("broken zstd", JSON, "no zstd")
            .headers(&[("content-type", JSON), ("content-encoding", "zstd")])
            .is(400, "zstd data of the message is broken"),
        Case::post("broken deflate", JSON, "no zlib")
            .headers(&[("content-type", JSON), ("content-encoding", "deflate")])
            .is(400, "deflate data of the message is broken"),
        Case::post("broken snappy", JSON, "\u{1}no")
            .headers(&[("content-type", JSON), ("content-encoding", "snappy")])
            .is(400, "snappy data of the message is broken"),
    ]
}

fn elsewhere() -> Vec<Case> {
    vec![
        Case::post("another path", PROTOBUF, "")
            .path("/v2/traces")
            .is(404, "nothing is served at /v2/traces"),
        Case::post("the root", JSON, "{}").path("/").is(404, "/v1/traces, /v1/logs, /v1/metrics"),
        Case::post("a slash at the end", JSON, "{}").path("/v1/traces/").is(404, "nothing is served"),
        Case::post("profiles", PROTOBUF, "")
            .path("/v1development/profiles")
            .is(404, "profiles are not supported"),
        Case::post("profiles as documented", JSON, "{}")
            .path("/v1/profiles")
            .is(404, "profiles are not supported"),
        Case::post("GET", JSON, "").method(Method::GET).is(405, "GET is not served here"),
        Case::post("PUT", PROTOBUF, spans(1)).method(Method::PUT).is(405, "OTLP is sent by POST"),
        Case::post("HEAD", JSON, "").method(Method::HEAD).is(405, ""),
        Case::post("OPTIONS without CORS", JSON, "").method(Method::OPTIONS).is(405, "OPTIONS"),
        Case::post("GET elsewhere", JSON, "").method(Method::GET).path("/").is(404, "nothing is served"),
        Case::post("no content type", JSON, "{}").headers(&[]).is(415, "application/x-protobuf"),
        Case::post("text", JSON, "{}").headers(&[("content-type", "text/plain")]).is(415, "`text/plain`"),
        Case::post("another protobuf", JSON, "")
            .headers(&[("content-type", "application/protobuf")])
            .is(415, "application/x-protobuf"),
        Case::post("gRPC", JSON, "")
            .headers(&[("content-type", "application/grpc")])
            .is(415, "gRPC has a port of its own"),
        Case::post("brotli", PROTOBUF, "")
            .headers(&[("content-type", PROTOBUF), ("content-encoding", "br")])
            .is(415, "content-encoding `br` is not taken"),
        Case::post("two encodings", JSON, "{}")
            .headers(&[("content-type", JSON), ("content-encoding", "gzip, zstd")])
            .is(415, "`gzip, zstd` is not taken")
            .answered_in(JSON),
    ]
}

/// Every case is answered with its code, in its form, and in words; each connection serves all of them.
#[tokio::test]
async fn every_case_is_answered_as_specified() {
    let server = Server::start_http(http_settings(), all(Collecting::new()));
    let cases: Vec<_> = [good(), malformed(), elsewhere()].into_iter().flatten().collect();
    assert!(cases.len() >= 44, "{}", cases.len());
    let refused = cases.iter().filter(|case| case.status != 200).count() as u64;
    for mut client in HttpClient::both(server.address).await {
        for case in &cases {
            let answer = client.send(case.method.clone(), case.path, case.headers, case.body.clone()).await;
            case.check(&answer);
            match case.status {
                405 => assert_eq!(answer.header("allow"), "POST"),
                415 if case.says.contains("not taken") => {
                    let taken = "identity, gzip, zstd, zlib, deflate, snappy, x-gzip";
                    assert_eq!(answer.header("accept-encoding"), taken);
                }
                _ => {}
            }
        }
        assert!(client.is_open(), "no case has ended the connection");
    }
    let reasons = [
        ("malformed", malformed().len()),
        ("unknown_path", 4),
        ("no_pipeline", 2),
        ("method_not_allowed", 4),
        ("unknown_content_type", 4),
        ("unknown_encoding", 2),
    ];
    let mut counted = 0;
    for (reason, count) in reasons {
        assert_eq!(server.rejected(reason), 2 * count as u64, "{reason}");
        counted += server.rejected(reason);
    }
    assert_eq!(counted, 2 * refused, "every refusal has a reason");
}

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
