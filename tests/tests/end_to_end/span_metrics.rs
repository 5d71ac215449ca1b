//! The recipe of docs/span-metrics.md: config/span-metrics.yaml in front of samplers, and of Collectors that make metrics of
//! spans, where backends stand here.

use std::collections::BTreeSet;
use std::process::Command;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::{binary, project};
use sluice_tests::guide::{self, Setting};
use sluice_tests::{traffic, wait};

const TRACES: usize = 100;
const SERVICES: usize = 12;

const SETTINGS: [Setting<'static>; 2] = [
    ("processors.tail_sampling.decision_wait", "600s"),
    ("processors.tail_sampling.policies", "[{name: none, type: span_count, span_count: {min_spans: 1000}}]"),
];

/// Metrics are made of spans that are not sampled: all spans of a service are at one Collector, each once, while the
/// samplers have whole traces, and keep none of them.
#[tokio::test(flavor = "multi_thread")]
async fn metrics_see_every_span_at_one_place() {
    let (collectors, backend) = ([Backend::start().await, Backend::start().await], Backend::start().await);
    let samplers = guide::three_samplers(backend.address(), &SETTINGS).await;
    let addresses = format!("[{}, {}]", collectors[0].address(), collectors[1].address());
    let settings = [
        ("exporters.load_balancing/samplers.resolver.static.hostnames", &guide::list(&samplers)[..]),
        ("exporters.load_balancing/span_metrics.resolver.static.hostnames", &addresses),
    ];
    let gateway = guide::tier_1("span-metrics.yaml", &settings).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent = requests();
    for request in &sent {
        client.send("traces", request).await.expect("an accepted request");
    }

    let expected = traffic::spans_of(&sent);
    let arrived = || collectors.iter().flat_map(Backend::traces).collect::<Vec<_>>();
    wait::until("every span to be at a Collector", || async {
        traffic::spans_of(&arrived()).len() >= expected.len()
    })
    .await;
    assert!(traffic::spans_of(&arrived()) == expected, "every span, and each once");
    let [first, second] = collectors.each_ref().map(services);
    assert!(!first.is_empty() && !second.is_empty(), "of {SERVICES} services each has some");
    assert!(first.is_disjoint(&second), "a service is at two Collectors: {first:?} {second:?}");

    wait::until("every span to be at a sampler", || async {
        guide::sum(&samplers, "sluice_sampler_held_spans", &[]).await == expected.len()
    })
    .await;
    let held = guide::sum(&samplers, "otelcol_processor_tail_sampling_sampling_traces_on_memory", &[]).await;
    assert_eq!(held, TRACES, "each trace is at one sampler");
    for mut sampler in samplers {
        sampler.terminate();
        assert!(sampler.wait().await.success());
    }
    assert!(backend.traces().is_empty(), "none is sampled");
}

/// What each service sends on its own: a span of every trace.
fn requests() -> Vec<ExportTraceServiceRequest> {
    let ids: Vec<_> = (0..TRACES).map(|_| traffic::trace_id()).collect();
    let request = |number: usize| {
        let service = format!("service-{number}");
        traffic::of_service(&service, ids.iter().map(|id| traffic::span(id, &service)).collect())
    };
    (0..SERVICES).map(request).collect()
}

fn services(collector: &Backend) -> BTreeSet<String> {
    let resources = collector.traces().into_iter().flat_map(|request| request.resource_spans);
    resources.map(|resource| traffic::service_of(resource.resource.as_ref())).collect()
}

/// The Collector's half is not Sluice's: it says so, and where it belongs.
#[test]
fn the_collectors_half_is_refused_by_name() {
    let arguments = ["validate", "--config", "config/collector/span-metrics.yaml"];
    let output = Command::new(binary()).args(arguments).current_dir(project()).output().expect("the binary");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    let page = std::fs::read_to_string(project().join("docs/span-metrics.md")).expect("the page");
    for line in said.lines() {
        assert!(page.contains(line), "docs/span-metrics.md does not have: {line}");
    }
    assert!(said.contains("the spanmetrics connector is outside of Sluice"), "{said}");
    // And the page shows the file as it is.
    let file =
        std::fs::read_to_string(project().join("config/collector/span-metrics.yaml")).expect("the file");
    assert!(page.contains(&file), "docs/span-metrics.md shows another file");
}
