use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use serde_json::json;
use sluice_pipeline::{Accepted, Reason, Refusal};

use super::client::{Answer, HttpClient};
use crate::consumers::{Answering, Collecting, Panicking};
use crate::messages::spans;
use crate::server::{Server, all, http_settings};

const TWO_SPANS: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"},{"name":"b"}]}]}]}"#;

/// Each class of refusal reaches the client as OTLP's code for it, in the form of the request, with Retry-After
/// and RetryInfo where a time is known.
#[tokio::test]
async fn refusals_become_otlps_codes() {
    let cases = [
        (Refusal::new(Reason::Malformed, "m"), 400, 3, "", "malformed"),
        (Refusal::new(Reason::TooLarge, "m"), 413, 8, "", "too_large"),
        (Refusal::new(Reason::Overloaded, "m"), 503, 14, "1", "overloaded"),
        (Refusal::new(Reason::Unavailable, "m"), 503, 14, "", "unavailable"),
        (Refusal::new(Reason::ShuttingDown, "m"), 503, 14, "", "shutting_down"),
        (
            Refusal::new(Reason::Unavailable, "m").retry_after(Duration::from_millis(1500)),
            503,
            14,
            "2",
            "unavailable",
        ),
        (Refusal::new(Reason::Overloaded, "m").retry_after(Duration::ZERO), 503, 14, "1", "overloaded"),
    ];
    for (refusal, http, code, delay, label) in cases {
        let retry_after = refusal.retry_after;
        let server = Server::start_http(http_settings(), all(Arc::new(Answering(Err(refusal)))));
        let mut client = HttpClient::connect(server.address).await;
        let answer = client.post("/v1/traces", &[], spans(7)).await;
        assert_eq!((answer.status, answer.header("retry-after")), (http, delay), "{label}");
        let status = answer.rpc_status();
        assert_eq!((status.code, &*status.message), (code, "m"));
        assert_eq!(status.details.len(), usize::from(!delay.is_empty()), "{label}");
        let answer = client.post_json("/v1/traces", TWO_SPANS).await;
        assert_eq!((answer.status, answer.header("retry-after")), (http, delay), "{label}");
        let status = answer.json();
        assert_eq!((&status["code"], &status["message"]), (&json!(code), &json!("m")));
        if retry_after == Some(Duration::from_millis(1500)) {
            let info = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.5s"});
            assert_eq!(status["details"], json!([info]));
        }
        assert_eq!((server.spans(), server.rejected(label)), ((0, 9), 2));
    }
}

/// Items that are rejected for good are told with their exact count, under the name that the signal has for it.
#[tokio::test]
async fn partial_success_is_told() {
    let partly = Accepted::partly(2, "service.name is \"missing\"");
    let server = Server::start_http(http_settings(), all(Arc::new(Answering(Ok(partly)))));
    let mut client = HttpClient::connect(server.address).await;
    let answer = client.post("/v1/traces", &[], spans(7)).await;
    assert_eq!(answer.status, 200);
    let partial = ExportTraceServiceResponse::decode(&answer.body[..]).expect("a response").partial_success;
    assert_eq!(partial.expect("set").rejected_spans, 2);
    assert_eq!(server.spans(), (5, 2));
    let cases = [
        ("/v1/traces", TWO_SPANS, "rejectedSpans"),
        ("/v1/logs", r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{}]}]}]}"#, "rejectedLogRecords"),
        (
            "/v1/metrics",
            r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{},{}]}}]}]}]}"#,
            "rejectedDataPoints",
        ),
    ];
    for (path, body, count) in cases {
        let answer = client.post_json(path, body).await;
        let expected = json!({"partialSuccess": {count: "2", "errorMessage": "service.name is \"missing\""}});
        assert_eq!((answer.status, answer.json()), (200, expected));
    }
}

/// Of a malformed request, the answer names the place: in the message, and for programs in BadRequest.
#[tokio::test]
async fn malformed_says_where() {
    let collected = Collecting::new();
    let server = Server::start_http(http_settings(), all(collected.clone()));
    let mut client = HttpClient::connect(server.address).await;
    let good = spans(3);
    let answer = client.post("/v1/traces", &[], good.slice(..good.len() - 1)).await;
    assert_eq!(answer.status, 400);
    let status = answer.rpc_status();
    assert!(status.message.contains("malformed OTLP at byte"), "{}", status.message);
    assert_eq!(status.details[0].type_url, "type.googleapis.com/google.rpc.BadRequest");

    let body = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{},{"traceId":"00"}]}]}]}"#;
    let answer = client.post_json("/v1/traces", body).await;
    assert_eq!(answer.status, 400);
    let status = answer.json();
    let place = "resourceSpans[0].scopeSpans[0].spans[1].traceId";
    assert!(status["message"].as_str().expect("text").contains(place), "{status}");
    assert_eq!(status["details"][0]["fieldViolations"][0]["field"], place);
    assert_eq!(server.rejected("malformed"), 2);
    assert!(collected.taken().is_empty());
}

/// A panic in the pipeline is 503 for its request and nothing for the others, on the same connection.
#[tokio::test]
async fn a_panicking_consumer_hurts_one_request() {
    let server = Server::start_http(http_settings(), all(Arc::new(Panicking)));
    let mut client = HttpClient::connect(server.address).await;
    for _ in 0..3 {
        let Answer { status, .. } = client.post("/v1/traces", &[], spans(1)).await;
        assert_eq!(status, 503);
        assert_eq!(client.post("/v1/traces", &[], spans(2)).await.status, 200, "others are fine");
    }
    assert_eq!((server.spans(), server.rejected("panic")), ((6, 3), 3));
    assert_eq!(server.connections(), 1);
}
