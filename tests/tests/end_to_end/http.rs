//! OTLP/HTTP: the same data, the same answers and the same counts as over OTLP/gRPC.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::json;
use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::http::{HttpClient, JSON, PROTOBUF};
use sluice_tests::metrics::Page;
use sluice_tests::{config, traffic, wait};

async fn three_backends() -> [Backend; 3] {
    [Backend::start().await, Backend::start().await, Backend::start().await]
}

fn addresses(backends: &[Backend]) -> Vec<SocketAddr> {
    backends.iter().map(Backend::address).collect()
}

/// OTLP/JSON as opentelemetry-proto writes it.
fn json(message: &impl serde::Serialize) -> String {
    serde_json::to_string(message).expect("JSON")
}

/// The three forms of one request, sent by gRPC, HTTP with protobuf, and HTTP with JSON, are the same spans, and each
/// trace meets at one backend however its parts came.
#[tokio::test(flavor = "multi_thread")]
async fn every_form_is_the_same_data() {
    let backends = three_backends().await;
    let gateway = Gateway::start(&config::load_balancing(&addresses(&backends), "")).await;
    let grpc = Client::connect(gateway.address("receiver")).await;
    let http = HttpClient::new(gateway.address("http"));
    let mut sent: Vec<ExportTraceServiceRequest> = Vec::new();
    for _ in 0..10 {
        let request = traffic::traces(20, 4);
        grpc.send("traces", &request).await.expect("accepted");
        let answer = http.post("traces", PROTOBUF, request.encode_to_vec()).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0));
        let answer = http.post("traces", JSON, json(&request)).await;
        assert_eq!((answer.status, answer.json()), (200, json!({})));
        sent.extend([request.clone(), request.clone(), request]);
    }
    let expected = traffic::spans_of(&sent);
    let arrived = || backends.iter().flat_map(Backend::traces).collect::<Vec<_>>();
    let total: usize = expected.values().sum();
    wait::until("every span to arrive", || async {
        traffic::spans_of(&arrived()).values().sum::<usize>() >= total
    })
    .await;
    assert!(traffic::spans_of(&arrived()) == expected, "each span three times, byte for byte");
    let mut seen = BTreeSet::new();
    for id in backends.iter().flat_map(|backend| traffic::trace_ids_of(&backend.traces())) {
        assert!(seen.insert(id), "a trace is at two backends");
    }
    let page = Page::scrape(gateway.address("metrics")).await;
    for (transport, items) in [("grpc", total / 3), ("http", total / 3 * 2)] {
        let label = format!("transport=\"{transport}\"");
        assert_eq!(page.sum("otelcol_receiver_accepted_spans_total", &[&label]) as usize, items);
    }
}

/// Logs and metrics in JSON arrive as they were meant.
#[tokio::test(flavor = "multi_thread")]
async fn logs_and_metrics_arrive_from_json() {
    let backends = three_backends().await;
    let gateway = Gateway::start(&config::load_balancing(&addresses(&backends), "")).await;
    let http = HttpClient::new(gateway.address("http"));
    let (logs, metrics) = (traffic::logs(10, 5), traffic::metrics(10, 5));
    assert_eq!(http.post("logs", JSON, json(&logs)).await.status, 200);
    assert_eq!(http.post("metrics", JSON, json(&metrics)).await.status, 200);
    let (logs, metrics) = (traffic::records_of(&[logs]), traffic::points_of(&[metrics]));
    wait::until("everything to arrive", || async {
        let arrived_logs: Vec<_> = backends.iter().flat_map(Backend::logs).collect();
        let arrived_metrics: Vec<_> = backends.iter().flat_map(Backend::metrics).collect();
        traffic::records_of(&arrived_logs) == logs && traffic::points_of(&arrived_metrics) == metrics
    })
    .await;
}

/// A request, and how it is refused.
struct Case {
    signal: &'static str,
    content_type: &'static str,
    body: Vec<u8>,
    status: u16,
    reason: &'static str,
    words: &'static str,
}

/// Each refusal has its code, its form and its words; each is counted, and none disturbs what is good.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_what_and_where() {
    let backend = Backend::start().await;
    let yaml = config::load_balancing(&[backend.address()], "");
    let yaml = yaml.replace(
        "      http:\n",
        "      http:\n        max_request_body_size: 100000\n        cors: {allowed_origins: ['https://*.example']}\n",
    );
    let gateway = Gateway::start(&yaml).await;
    let http = HttpClient::new(gateway.address("http"));
    let large = traffic::traces(100, 10).encode_to_vec();
    assert!(large.len() > 100_000);
    let short_id = br#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"abc"}]}]}]}"#;
    let site = ("origin", "https://shop.example");
    let case = |signal, content_type, body: &[u8], status, reason, words| Case {
        signal,
        content_type,
        body: body.to_vec(),
        status,
        reason,
        words,
    };
    let cases = [
        case("traces", PROTOBUF, &large, 413, "too_large", "max_request_body_size (100000 bytes)"),
        case("traces", PROTOBUF, b"\xff\xff", 400, "malformed", "malformed OTLP at byte 0"),
        case("traces", JSON, short_id, 400, "malformed", "resourceSpans[0].scopeSpans[0].spans[0].traceId"),
        case("spans", JSON, b"{}", 404, "unknown_path", "nothing is served at /v1/spans"),
        case("profiles", JSON, b"{}", 404, "no_pipeline", "profiles are not supported"),
        case("traces", "text/plain", b"{}", 415, "unknown_content_type", "application/x-protobuf"),
    ];
    for Case { signal, content_type, body, status, words, .. } in &cases {
        let answer = http.post_with(signal, content_type, &[site], body.clone()).await;
        assert_eq!(answer.status, *status, "{answer:?}");
        assert!(String::from_utf8_lossy(&answer.body).contains(words), "{answer:?}");
        assert_eq!(answer.headers["access-control-allow-origin"], site.1);
        // What is too large is not read, and the client is told that the connection ends; a little is read away.
        let is_closed = answer.headers.get("connection").is_some_and(|value| value == "close");
        assert_eq!(is_closed, *status == 413, "{answer:?}");
        let good = traffic::traces(1, 4);
        assert_eq!(http.post("traces", PROTOBUF, good.encode_to_vec()).await.status, 200);
    }
    let page = Page::scrape(gateway.address("metrics")).await;
    for Case { reason, .. } in &cases {
        let count = cases.iter().filter(|case| case.reason == *reason).count();
        let labels = ["transport=\"http\"", &format!("reason=\"{reason}\"")];
        assert_eq!(page.sum("sluice_receiver_rejected_requests_total", &labels) as usize, count, "{reason}");
    }
    gateway.wait_for_log("malformed OTLP at byte 0").await;
}

/// What a routing key rejects comes back as partial_success with its exact count, in the form of the request.
#[tokio::test(flavor = "multi_thread")]
async fn partial_success_is_passed_on() {
    let backend = Backend::start().await;
    let gateway = Gateway::start(&config::load_balancing(&[backend.address()], "")).await;
    let http = HttpClient::new(gateway.address("http"));
    let mut metrics = traffic::metrics(3, 7);
    metrics.resource_metrics[1].resource = None;
    let answer = http.post("metrics", JSON, json(&metrics)).await;
    assert_eq!(answer.status, 200);
    let partial = &answer.json()["partialSuccess"];
    assert_eq!(partial["rejectedDataPoints"], "7");
    assert!(partial["errorMessage"].as_str().is_some_and(|text| text.contains("service")), "{partial}");
    wait::until("the other 14 points", || async { traffic::points_of(&backend.metrics()).len() == 14 }).await;
}

/// A full queue is 503 with Retry-After, so that the client keeps its data and comes back.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_tells_when_to_come_back() {
    let backend = Backend::start().await;
    let yaml = config::load_balancing(&[backend.address()], "").replace(
        "        timeout: 5s\n",
        "        timeout: 5s\n        sending_queue:\n          queue_size: 1\n          num_consumers: 1\n",
    );
    let gateway = Gateway::start(&yaml).await;
    let http = HttpClient::new(gateway.address("http"));
    let _ = backend.kill();
    let body = json(&traffic::traces(5, 4));
    let mut accepted = 0;
    let answer = loop {
        let answer = http.post("traces", JSON, body.clone()).await;
        if answer.status == 503 {
            break answer;
        }
        assert_eq!(answer.status, 200);
        accepted += 1;
        assert!(accepted < 50, "a queue of one request is full soon");
    };
    assert_eq!(answer.headers["retry-after"], "1", "{answer:?}");
    let status = answer.json();
    assert_eq!(status["code"], 14);
    assert_eq!(status["details"][0]["@type"], "type.googleapis.com/google.rpc.RetryInfo", "{status}");
}
