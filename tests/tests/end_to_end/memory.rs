//! The `memory_limiter`: a gateway that fills up refuses, and takes data again when it has sent what it held.

use std::net::SocketAddr;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::metrics::Page;
use sluice_tests::{config, traffic, wait};
use tonic::Code;

/// A gateway with an exporter whose queue has room for more than its memory may hold.
fn limited(backend: SocketAddr, limiter: &str) -> String {
    let block = format!(
        "endpoint: {backend}\ntls: {{insecure: true}}\ncompression: none\nsending_queue: {{sizer: bytes, queue_size: \
         2000000000}}\nretry_on_failure: {{initial_interval: 50ms, max_interval: 200ms}}"
    );
    let processors = format!("processors:\n  memory_limiter: {limiter}\n");
    let yaml = config::pipelines("otlp_grpc", &block, &processors);
    yaml.replace("receivers: [otlp],", "receivers: [otlp], processors: [memory_limiter],")
}

/// One trace of about a MiB.
fn large() -> ExportTraceServiceRequest {
    let mut request = traffic::traces(1, 4);
    let scopes = request.resource_spans.iter_mut().flat_map(|resource| &mut resource.scope_spans);
    for span in scopes.flat_map(|scope| &mut scope.spans) {
        span.attributes.push(traffic::attribute("payload", &"x".repeat(256 * 1024)));
    }
    request
}

/// While its backend is away, the gateway takes data up to the soft limit, and then refuses it in a way that the
/// client can retry. When the backend is back, memory is free again and so is the way; nothing that was accepted
/// is lost, and nothing that was refused arrives.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_gateway_refuses_until_it_has_room_again() {
    let address = Backend::start().await.kill();
    let yaml = limited(address, "{check_interval: 20ms, limit_mib: 500, spike_limit_mib: 250}");
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;

    let mut sent = Vec::new();
    let mut refusal = None;
    while refusal.is_none() && sent.len() < 2_000 {
        let request = large();
        match client.send("traces", &request).await {
            Ok(_) => sent.push(request),
            Err(status) => refusal = Some(status),
        }
    }
    let refusal = refusal.expect("memory is finite");
    assert_eq!(refusal.code(), Code::Unavailable, "{refusal:?}");
    assert!(refusal.message().contains("high memory usage"), "{refusal:?}");
    assert!(sent.len() > 20, "only {} MiB were taken", sent.len());
    gateway.wait_for_log("memory usage is above soft limit").await;
    let page = Page::scrape(gateway.address("metrics")).await;
    assert_eq!(page.sum("otelcol_processor_refused_spans_total", &["processor=\"memory_limiter\""]), 4.0);
    assert_eq!(page.sum("otelcol_processor_accepted_spans_total", &[]) as usize, sent.len() * 4);
    assert_eq!(page.sum("otelcol_receiver_refused_spans_total", &[]), 4.0);

    let back = Backend::start_on(address, accept_all()).await;
    let last = large();
    wait::until("room for another request", || async { client.send("traces", &last).await.is_ok() }).await;
    sent.push(last);
    let expected = traffic::spans_of(&sent);
    wait::until("all of it to arrive", || async {
        traffic::spans_of(&back.traces()).len() >= expected.len()
    })
    .await;
    assert!(traffic::spans_of(&back.traces()) == expected, "what was accepted, once, and nothing else");
    assert!(gateway.has_logged("memory usage back within limits"), "{:#?}", gateway.log());
}

/// Limits in percent are of what the machine, or its container, has; nearly all of it is enough for a start.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_in_percent_lets_data_through() {
    let backend = Backend::start().await;
    let yaml =
        limited(backend.address(), "{check_interval: 1s, limit_percentage: 95, spike_limit_percentage: 5}");
    let gateway = Gateway::start(&yaml).await;
    assert!(gateway.has_logged("memory limiter configured"), "{:#?}", gateway.log());
    let client = Client::connect(gateway.address("receiver")).await;
    client.send("logs", &traffic::logs(1, 3)).await.expect("there is room");
    wait::until("the logs to arrive", || async { !backend.logs().is_empty() }).await;
}
