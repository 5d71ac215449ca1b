//! Both tiers of the guide while something in them is away: nothing is lost.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::guide::{ANY, Setting};
use sluice_tests::metrics::Page;
use sluice_tests::shop::{self, SERVICES, Trace};
use sluice_tests::{guide, recorded, traffic, wait};
use tokio::time::Instant;
use tonic::Code;

/// What is kept can be counted, what is not can not.
const KEEP_ALL: Setting<'static> =
    ("processors.tail_sampling.policies", "[{name: all, type: always_sample}]");
const QUICK_RETRY: Setting<'static> = (
    "exporters.load_balancing.protocol.otlp.retry_on_failure",
    "{initial_interval: 50ms, max_interval: 200ms}",
);

/// A sampler is ended (SIGTERM) and started again under traffic. What it held is decided and passed on before it ends; what
/// comes for it meanwhile waits at the gateway: every span arrives, once.
#[tokio::test(flavor = "multi_thread")]
async fn a_sampler_that_is_started_again_loses_nothing() {
    let backend = Backend::start().await;
    let settings = [("processors.tail_sampling.decision_wait", "600s"), KEEP_ALL];
    let sampler = async |address| guide::sampler(address, backend.address(), &settings).await;
    // An address that no other test may take while nobody listens there.
    let leaving = sampler(SocketAddr::from(([127, 0, 0, 2], 0))).await;
    let mut samplers = [leaving, sampler(ANY).await, sampler(ANY).await];
    let address = samplers[0].address("receiver");
    // Room for minutes: a start may be slow.
    let settings = [
        QUICK_RETRY,
        ("exporters.load_balancing.sending_queue.queue_size", "100000"),
        ("exporters.load_balancing.protocol.otlp.sending_queue", "{queue_size: 100000}"),
    ];
    let gateway = guide::gateway(&samplers, backend.address(), &settings).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let sending = tokio::spawn(send_until(gateway.address("receiver"), is_over.clone()));

    wait_until_it_holds(&samplers[0]).await;
    samplers[0].terminate();
    assert!(samplers[0].wait().await.success());
    assert!(!backend.traces().is_empty(), "what it held is passed on before it ends");
    let waiting = format!("exporter=\"load_balancing/{address}\"");
    wait::until("spans to wait for it", || async {
        let page = Page::scrape(gateway.address("metrics")).await;
        page.sum("otelcol_exporter_queue_size", &[&waiting]) > 0.0
    })
    .await;
    samplers[0] = sampler(address).await;
    wait_until_it_holds(&samplers[0]).await;
    is_over.store(true, Ordering::Relaxed);
    let sent = sending.await.expect("a sender");

    let expected = traffic::spans_of(&sent);
    let count = "otelcol_exporter_sent_spans_total";
    wait::until("the samplers to have everything", || async {
        guide::sum(std::slice::from_ref(&gateway), count, &[]).await == expected.len()
    })
    .await;
    for sampler in &mut samplers {
        sampler.terminate();
        assert!(sampler.wait().await.success());
    }
    assert!(traffic::spans_of(&backend.traces()) == expected, "every span, and each once");
}

async fn wait_until_it_holds(sampler: &Gateway) {
    wait::until("the sampler to hold spans", || async {
        guide::sum(std::slice::from_ref(sampler), "sluice_sampler_held_spans", &[]).await > 0
    })
    .await;
}

/// Three services send, each on its own, until it is over; nothing is refused.
async fn send_until(gateway: SocketAddr, is_over: Arc<AtomicBool>) -> Vec<ExportTraceServiceRequest> {
    let client = Client::connect(gateway).await;
    let mut sent = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let traces: Vec<_> = (0..5).map(|_| Trace::random()).collect();
        for service in SERVICES {
            let request = shop::request(service, &traces);
            client.send("traces", &request).await.expect("accepted: the gateway's queue takes it");
            sent.push(request);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    sent
}

/// The backend stalls for 30 s: it takes connections and never answers. Samplers hold what they may, refuse what is beyond
/// it, and with them the gateway, so that senders wait. When the backend goes on, all that was sent arrives.
#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_stalls_for_30_seconds_loses_nothing() {
    const STALL: Duration = Duration::from_secs(30);
    // `max_memory_mib`, and what requests that come at the same time may be more.
    const MOST: usize = 9 << 20;
    let backend = guide::backend().await;
    let settings = [
        KEEP_ALL,
        ("processors.tail_sampling.decision_wait", "100ms"),
        ("processors.tail_sampling.max_memory_mib", "8"),
        ("exporters.otlp.compression", "none"),
        ("exporters.otlp.sending_queue", "{queue_size: 1, num_consumers: 1}"),
        ("exporters.otlp.retry_on_failure", "{initial_interval: 100ms, max_interval: 1s}"),
    ];
    let samplers = guide::three_samplers(backend.address("receiver"), &settings).await;
    let small = "{queue_size: 2, num_consumers: 2}";
    let settings = [
        QUICK_RETRY,
        ("exporters.load_balancing.protocol.otlp.compression", "none"),
        ("exporters.load_balancing.protocol.otlp.sending_queue", small),
        ("exporters.load_balancing.sending_queue", small),
        ("exporters.load_balancing.retry_on_failure.initial_interval", "100ms"),
        ("exporters.load_balancing.retry_on_failure.max_interval", "1s"),
    ];
    let gateway = guide::gateway(&samplers, backend.address("receiver"), &settings).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let all_sent = async || guide::sum(&samplers, "otelcol_exporter_sent_spans_total", &[]).await;

    let first = shop::request("shop", &[Trace::random()]);
    client.send("traces", &first).await.expect("an accepted request");
    wait::until("the first trace to arrive", || async { all_sent().await == 2 }).await;

    backend.pause();
    let paused = Instant::now();
    // 64 MiB: the samplers may hold 24, and what is on its way in small queues comes to less than that again.
    let sent: Vec<_> = (0..256).map(|_| large_request()).collect();
    let sending = tokio::spawn(send_patiently(client, sent.clone()));
    wait::until("samplers to refuse", || async {
        guide::sum(&samplers, "sluice_sampler_refused_requests_total", &[]).await > 0
    })
    .await;
    while paused.elapsed() < STALL {
        for sampler in &samplers {
            let held = guide::sum(std::slice::from_ref(sampler), "sluice_sampler_held_bytes", &[]).await;
            assert!(held <= MOST, "{held} bytes are held");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(!sending.is_finished(), "senders wait: there is no room for all of it");
    backend.resume();

    let refused = sending.await.expect("a sender");
    assert!(refused > 0, "it was refused, and came back");
    let expected = traffic::spans_of(&[&sent[..], &[first]].concat());
    wait::until("everything to be passed on", || async { all_sent().await == expected.len() }).await;
    for name in ["sluice_sampler_lost_spans_total", "otelcol_exporter_send_failed_spans_total"] {
        assert_eq!(guide::sum(&samplers, name, &[]).await, 0, "{name}");
    }
    let mut backend = backend;
    backend.terminate();
    assert!(backend.wait().await.success());
    let recorded = recorded::traces(&backend.folder().join("backend.otlp")).expect("what the backend kept");
    let arrived = traffic::spans_of(&recorded);
    // A request that the backend read and could not answer in time was sent again: duplicates before loss.
    assert!(arrived.keys().eq(expected.keys()), "{} of {} spans", arrived.len(), expected.len());
}

/// 32 spans of 8 KiB, of two traces.
fn large_request() -> ExportTraceServiceRequest {
    let traces = [Trace::random(), Trace::random()];
    let mut request = shop::request("shop", &traces);
    let spans = &mut request.resource_spans[0].scope_spans[0].spans;
    *spans = (0..16)
        .flat_map(|number| traces.each_ref().map(|trace| traffic::span(&trace.id, &format!("step {number}"))))
        .map(|mut span| {
            span.attributes.push(traffic::attribute("body", &"a long line of it ".repeat(450)));
            span
        })
        .collect();
    request
}

/// Sends each until it is accepted; answers how often it was told to come back.
async fn send_patiently(client: Client, requests: Vec<ExportTraceServiceRequest>) -> usize {
    let mut refused = 0;
    for request in requests {
        while let Err(status) = client.send("traces", &request).await {
            assert_eq!(status.code(), Code::Unavailable, "{status:?}");
            refused += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    refused
}
