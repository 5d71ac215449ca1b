//! Both tiers of the guide from config/, and OpenTelemetry's own SDKs as the services: a gateway, three tail samplers, and a
//! backend.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use opentelemetry_proto::tonic::trace::v1::Span;
use sluice_tests::backend::Backend;
use sluice_tests::gateway::{Gateway, project};
use sluice_tests::programs::{has_node, prepared};
use sluice_tests::{guide, shop, traffic, wait};

/// Traces of each kind that the SDKs send: with an error, slow, and neither.
const FAILED: usize = 100;
const SLOW: usize = 100;
const FINE: usize = 1000;
const TRACES: usize = FAILED + SLOW + FINE;
/// Spans of a trace: two of `shop`, two of `cart`.
const SPANS: usize = 4;

/// However slow the machine is, a trace is decided when all of it has come: its root is sent last.
const WHOLE: [guide::Setting<'static>; 2] = [
    ("processors.tail_sampling.decision_wait", "600s"),
    ("processors.tail_sampling.decision_wait_after_root_received", "100ms"),
];

const DECIDED: &str = "otelcol_processor_tail_sampling_global_count_traces_sampled_total";

/// Two services of the Python SDK, over gRPC and HTTP, propagate contexts to each other: whatever failed or was slow is kept,
/// of the rest the share that was asked for; each trace is decided by one sampler, on all that both services sent of it,
/// and comes whole and once.
#[tokio::test(flavor = "multi_thread")]
async fn traces_of_two_python_services_meet() {
    traces_of_two_services_meet(None).await;
}

/// A trace goes on in another language: `shop` is of the Python SDK, `cart` of the JavaScript SDK.
#[tokio::test(flavor = "multi_thread")]
async fn traces_go_on_in_javascript() {
    if has_node() {
        traces_of_two_services_meet(Some("http/json")).await;
    }
}

async fn traces_of_two_services_meet(javascript: Option<&str>) {
    let backend = Backend::start().await;
    let samplers = guide::three_samplers(backend.address(), &WHOLE).await;
    let gateway = guide::gateway(&samplers, backend.address(), &[]).await;
    let mut shop = Shop::start(&gateway, javascript.is_none());
    let begun = shop.begun();
    if let Some(protocol) = javascript {
        go_on(&begun, protocol, &gateway);
    }
    // Only then the roots: what a gateway has in its queues may be overtaken.
    let held = TRACES * (SPANS - 1);
    wait::until("samplers to have all but the roots", || async {
        guide::sum(&samplers, "sluice_sampler_held_spans", &[]).await == held
    })
    .await;
    shop.end();
    wait::until("every trace to be decided", || async {
        guide::sum(&samplers, "sluice_sampler_held_spans", &[]).await == 0
            && guide::sum(&samplers, DECIDED, &[]).await >= TRACES
    })
    .await;
    assert_eq!(
        guide::sum(&samplers, DECIDED, &[]).await,
        TRACES,
        "each trace is decided once, by one sampler"
    );
    for sampler in &samplers {
        assert!(guide::sum(std::slice::from_ref(sampler), DECIDED, &[]).await > 0, "each sampler has some");
    }
    let kept = guide::sum(&samplers, DECIDED, &["sampled=\"true\""]).await;
    wait::until("what is kept to arrive", || async {
        traffic::spans_of(&backend.traces()).len() == kept * SPANS
    })
    .await;
    expect(&begun, &arrived(&backend));
}

/// What should have come of the traces, and has come.
fn expect(begun: &[Begun], arrived: &BTreeMap<String, Vec<(String, Span)>>) {
    for (id, spans) in arrived {
        let ids: BTreeSet<_> = spans.iter().map(|(_, span)| &span.span_id).collect();
        assert_eq!((spans.len(), ids.len()), (SPANS, SPANS), "{id} is whole, and came once");
        let services: Vec<_> = spans.iter().map(|(service, _)| &service[..]).collect();
        assert_eq!(services.iter().filter(|service| **service == "shop").count(), 2, "{id}: {services:?}");
        assert_eq!(services.iter().filter(|service| **service == "cart").count(), 2, "{id}: {services:?}");
    }
    let kept = |kind: &str| {
        let of_kind = begun.iter().filter(|trace| trace.kind == kind);
        of_kind.filter(|trace| arrived.contains_key(&trace.id)).count()
    };
    assert_eq!((kept("failed"), kept("slow")), (FAILED, SLOW));
    // The ids are the same in every run, and so is this number.
    let fine = kept("fine");
    assert!(shop::is_within_share(fine, FINE, 0.1), "{fine}");
    assert_eq!(arrived.len(), FAILED + SLOW + fine, "there are no others");
}

/// Spans at the backend with their services, by trace.
fn arrived(backend: &Backend) -> BTreeMap<String, Vec<(String, Span)>> {
    let mut traces = BTreeMap::<_, Vec<_>>::new();
    for resource in backend.traces().into_iter().flat_map(|request| request.resource_spans) {
        let service = traffic::service_of(resource.resource.as_ref());
        for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            let id = span.trace_id.iter().map(|byte| format!("{byte:02x}")).collect();
            traces.entry(id).or_default().push((service.clone(), span));
        }
    }
    traces
}

/// A trace that `shop` has begun.
struct Begun {
    id: String,
    kind: String,
    /// What another service needs to go on with it.
    line: String,
}

/// tests/python/shop.py.
struct Shop {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Shop {
    fn start(gateway: &Gateway, with_cart: bool) -> Self {
        let mut command = Command::new(prepared("python/bin/python"));
        command.arg(project().join("tests/python/shop.py"));
        command.arg(gateway.address("receiver").to_string());
        command.arg(format!("http://{}", gateway.address("http")));
        command.args([FAILED, SLOW, FINE].map(|count| count.to_string()));
        if !with_cart {
            command.arg("--without-cart");
        }
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a program that starts");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, output }
    }

    /// Waits until all but the roots is sent.
    fn begun(&mut self) -> Vec<Begun> {
        let lines = self.output.by_ref().lines().map(|line| line.expect("text"));
        let lines = lines.take_while(|line| !line.is_empty());
        let begun: Vec<_> = lines
            .map(|line| {
                let mut words = line.split(' ');
                let id = words.next().and_then(|header| header.split('-').nth(1)).expect("a traceparent");
                let kind = words.next().expect("a kind");
                Begun { id: id.to_owned(), kind: kind.to_owned(), line: line.clone() }
            })
            .collect();
        assert_eq!(begun.len(), TRACES, "it went on to the end");
        begun
    }

    /// Lets it send the roots.
    fn end(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().expect("a program that ends").success());
    }
}

/// tests/javascript/cart.js goes on with the traces, and ends.
fn go_on(begun: &[Begun], protocol: &str, gateway: &Gateway) {
    let mut command = Command::new("node");
    command.arg(prepared("javascript/cart.js"));
    command.args([protocol, &format!("http://{}", gateway.address("http"))]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("a program that starts");
    let mut input = child.stdin.take().expect("a pipe");
    for trace in begun {
        writeln!(input, "{}", trace.line).expect("a program that reads");
    }
    drop(input);
    assert!(child.wait().expect("a program that ends").success());
}
