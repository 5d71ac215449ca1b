//! Input that nobody should send. What the scanner lets pass, the sampler decides, on time and within its bounds.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use sluice_sampling::{Explained, Held, Trigger};

use crate::harness::{EPOCH, Simulation};
use crate::spans::{SpanExt, attribute, id, resource, span, string};
use crate::table::{N, S};

/// The policies of the users' guide.
const GUIDE: &str = "policies:
- {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
- {name: slow, type: latency, latency: {threshold_ms: 500}}
- {name: share, type: probabilistic, probabilistic: {sampling_percentage: 10}}
";

/// A request of so many spans of a trace.
fn body(trace: u64, spans: usize) -> Vec<u8> {
    ExportTraceServiceRequest { resource_spans: vec![resource("shop", vec![span().of(trace); spans])] }
        .encode_to_vec()
}

fn waited(decision: &Explained) -> u64 {
    (decision.decided - decision.received) / 1_000_000
}

/// Guarantees: a trace of a million spans is asked about as any other, comes out whole, and delays no trace beside it.
#[test]
fn a_trace_of_a_million_spans_is_a_trace() {
    let mut simulation = Simulation::new(&format!("decision_wait: 6s\nmax_memory_mib: 512\n{GUIDE}"));
    let many = body(1, 20_000);
    for round in 0..50 {
        simulation.send_bytes(many.clone()).unwrap();
        simulation.send((0..5).map(|trace| span().of(1000 + 5 * round + trace).status(2)));
        simulation.pass(100);
        assert!(simulation.held().bytes < 512 << 20);
    }
    simulation.send([span().of(1).status(2)]);
    simulation.pass(6100);
    let explained = simulation.explained(&id(1));
    let spans = simulation.released_count();
    assert_eq!(
        (explained.decision, explained.trigger, explained.policy.as_deref()),
        (S, Trigger::Timeout, Some("errors"))
    );
    assert_eq!((explained.spans, spans), (1_000_001, 1_000_251));
    assert_eq!(simulation.metric("sluice_sampler_policy_errors_total", &[]), 0);
    for decision in simulation.decisions() {
        assert!((6000..=6100).contains(&waited(&decision)), "{decision:?}");
    }
    assert_eq!(simulation.held(), Held::default());
}

/// Guarantees: a trace of hundreds of MiB does not wait: it is decided on what is there, so that a call of a policy stays within
/// bounds, and what comes later follows.
#[test]
fn a_trace_that_is_too_large_to_wait_is_decided() {
    let mut simulation = Simulation::new(
        "max_memory_mib: 1024\npolicies:\n- {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}\n",
    );
    let name = "x".repeat(8 << 20);
    for _ in 0..33 {
        simulation.send([span().of(1).named(&name)]);
    }
    simulation.send([span().of(2)]);
    simulation.pass(100);
    let explained = simulation.explained(&id(1));
    assert_eq!((explained.decision, explained.trigger, explained.spans), (N, Trigger::Size, 33));
    assert_eq!(simulation.held().traces, 1);
    simulation.send([span().of(1).status(2)]);
    simulation.pass(30_000);
    assert_eq!(simulation.released_count(), 0);
}

/// Guarantees: of a flood of a million traces of one span as many wait as may, the others are decided early, oldest first, and
/// counted; the bound on traces holds, and on bytes.
#[test]
fn a_flood_of_traces_is_decided_early() {
    let mut simulation = Simulation::new(&format!("num_traces: 10000\nmax_memory_mib: 16\n{GUIDE}"));
    for round in 0..1000 {
        simulation.send((0..1000).map(|trace| span().of(1 + 1000 * round + trace).status(2)));
        let held = simulation.held();
        assert!(held.traces <= 10_256 + 1000 && held.bytes < 16 << 20, "{held:?}");
        simulation.pass(10);
    }
    simulation.pass(100);
    assert_eq!(simulation.held().traces, 10_000);
    let early =
        simulation.metric("otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total", &[]);
    assert_eq!((early, simulation.released_count()), (990_000, 990_000));
    simulation.pass(30_000);
    assert_eq!((simulation.released_count(), simulation.held()), (10_000, Held::default()));
}

/// Guarantees: headers of resources that no two traces share count as what they are: the oldest traces are decided early so that
/// what is held stays within its bound, and no more of them than that takes.
#[test]
fn large_resources_are_within_the_bound() {
    let mut simulation =
        Simulation::new("max_memory_mib: 8\npolicies:\n- {name: all, type: always_sample}\n");
    let large = "x".repeat(100_000);
    for trace in 1..=400 {
        simulation.send_resources(vec![resource(&format!("{trace}{large}"), [span().of(trace)])]);
        simulation.pass(10);
        assert!(simulation.held().bytes <= 8 << 20, "{:?} after {trace}", simulation.held());
    }
    let held = simulation.held();
    assert!(held.bytes > 6 << 20, "{held:?}: room for 75 of them");
    simulation.pass(30_000);
    assert_eq!((simulation.released_count(), simulation.held()), (400, Held::default()));
}

/// Guarantees: traces of hardly anything are not thrown out in larger numbers than the bound on bytes takes.
#[test]
fn small_traces_use_the_room_there_is() {
    let mut simulation =
        Simulation::new("max_memory_mib: 4\npolicies:\n- {name: all, type: always_sample}\n");
    for round in 0..40 {
        simulation.send((0..1000).map(|trace| span().of(1 + 1000 * round + trace)));
        simulation.pass(100);
        assert!(simulation.held().bytes <= 4 << 20);
    }
    let held = simulation.held();
    assert!(held.bytes > 3 << 20, "{held:?}");
    simulation.pass(30_000);
    assert_eq!((simulation.released_count(), simulation.held()), (40_000, Held::default()));
}

/// Guarantees: spans without a trace id, or one of zeros, are one trace, as in the Collector, and come out as they were; an id of
/// any other length does not pass the scanner, which says where it is, and nothing of the request is taken.
#[test]
fn ids_of_no_length_are_one_trace() {
    let mut simulation =
        Simulation::new("policies:\n- {name: two, type: span_count, span_count: {min_spans: 2}}\n");
    let (none, zeros) = (span(), Span { trace_id: vec![0; 16], ..span() });
    simulation.send([none.clone(), span().of(5)]);
    simulation.send([zeros.clone()]);
    for length in [1, 8, 15, 17, 32] {
        let odd = Span { trace_id: vec![7; length], ..span() };
        let spans = vec![resource("shop", [span().of(9), odd])];
        let why = simulation
            .send_bytes(ExportTraceServiceRequest { resource_spans: spans }.encode_to_vec())
            .unwrap_err();
        assert!(why.contains("spans[1].trace_id"), "{why}");
    }
    assert_eq!(simulation.held().traces, 2);
    simulation.pass(30_000);
    let explained = simulation.explained(&[0; 16]);
    assert_eq!((explained.decision, explained.spans), (S, 2));
    let released = simulation.released();
    assert!(released.len() == 2 && released.contains(&none) && released.contains(&zeros), "{released:?}");
}

/// Guarantees: times of zero and of the end of time, ends before starts, and clocks that are wrong by days harm no other
/// trace, and give the vote that the numbers give.
#[test]
fn strange_times_are_numbers() {
    let times = |start, end| Span { start_time_unix_nano: start, end_time_unix_nano: end, ..span() };
    let day = 24 * 3600 * 1_000_000_000;
    let traces = [
        (vec![times(0, 0)], N),
        (vec![times(u64::MAX, 0)], N),
        (vec![times(0, u64::MAX)], S),
        (vec![times(u64::MAX, u64::MAX)], N),
        (vec![times(EPOCH + 900_000_000, EPOCH)], N),
        // A start that is not there does not count; a skewed clock does, as in the Collector.
        (vec![times(0, EPOCH), times(EPOCH, EPOCH + 10)], N),
        (vec![times(EPOCH, EPOCH + 10), times(EPOCH - day, EPOCH - day)], S),
        (vec![times(EPOCH, EPOCH + 10)], N),
        (vec![times(EPOCH, EPOCH + 501_000_000)], S),
    ];
    let mut simulation =
        Simulation::new("policies:\n- {name: slow, type: latency, latency: {threshold_ms: 500}}\n");
    simulation.send(
        (1..)
            .zip(&traces)
            .flat_map(|(trace, (spans, _))| spans.iter().map(move |span| span.clone().of(trace))),
    );
    simulation.pass(30_000);
    let decisions: Vec<_> =
        (1..=traces.len() as u64).map(|trace| simulation.explained(&id(trace)).decision).collect();
    assert_eq!(decisions, traces.iter().map(|(_, decision)| *decision).collect::<Vec<_>>());
    assert_eq!(simulation.metric("sluice_sampler_policy_errors_total", &[]), 0);
}

/// Guarantees: spans that lie in no resource and no scope, with ids twice, that are their own parents, or each other's,
/// or nobody's, are spans: they come out as they were, and their trace has no root.
#[test]
fn odd_shapes_are_kept_as_they_are() {
    let child =
        |own: u8, parent: u8| Span { span_id: vec![own; 8], parent_span_id: vec![parent; 8], ..span().of(1) };
    let spans = vec![
        child(1, 2),
        child(2, 3),
        child(3, 1),
        child(4, 4),
        child(1, 2),
        child(9, 99),
        Span { span_id: Vec::new(), ..span().of(1) },
        Span { span_id: vec![0; 8], ..span().of(1) },
        Span { trace_id: id(1), parent_span_id: vec![9; 8], ..Span::default() },
    ];
    let scopes = spans.iter().map(|span| ScopeSpans { spans: vec![span.clone()], ..ScopeSpans::default() });
    let mut simulation = Simulation::new("policies:\n- {name: all, type: always_sample}\n");
    simulation
        .send_resources(vec![ResourceSpans { scope_spans: scopes.collect(), ..ResourceSpans::default() }]);
    simulation.send_resources(vec![
        ResourceSpans::default(),
        ResourceSpans { scope_spans: vec![ScopeSpans::default()], ..ResourceSpans::default() },
    ]);
    simulation.pass(30_000);
    let released = simulation.released_requests().concat();
    let bare = |resource: &ResourceSpans| {
        resource.resource.is_none() && resource.scope_spans.iter().all(|scope| scope.scope.is_none())
    };
    assert!(released.iter().all(bare), "nothing is added");
    let mut released = crate::spans::of_resources(released);
    let mut spans = spans;
    let order = |span: &Span| format!("{span:?}");
    released.sort_by_cached_key(order);
    spans.sort_by_cached_key(order);
    assert_eq!(released, spans);
    assert_eq!(simulation.metric("sluice_sampler_traces_without_root_total", &[]), 1);
}

/// A value inside so many lists and maps.
fn nested(depth: usize) -> Value {
    let any = |value| AnyValue { value: Some(value) };
    (0..depth).fold(string("inmost"), |value, level| {
        if level % 2 == 0 {
            Value::ArrayValue(ArrayValue { values: vec![any(value)] })
        } else {
            Value::KvlistValue(KeyValueList {
                values: vec![KeyValue {
                    key: "k".to_owned(),
                    value: Some(any(value)),
                    ..KeyValue::default()
                }],
            })
        }
    })
}

/// Guarantees: values that nest as deep as the scanner allows are read by policies, and deeper ones do not pass it.
#[test]
fn deep_values_are_read_or_refused() {
    let block = "policies:
- {name: text, type: string_attribute, string_attribute: {key: deep, values: [inmost]}}
- name: condition
  type: ottl_condition
  ottl_condition: {error_mode: ignore, span: ['IsString(attributes[\"deep\"][\"k\"][0][\"k\"][0])', 'attributes[\"flag\"] == true']}
";
    let mut simulation = Simulation::new(block);
    let body = |trace, depth| {
        let spans = [span().of(trace).with("deep", nested(depth))];
        ExportTraceServiceRequest { resource_spans: vec![resource("shop", spans)] }.encode_to_vec()
    };
    simulation.send_bytes(body(1, 4)).unwrap();
    simulation.send_bytes(body(2, 30)).unwrap();
    let why = simulation.send_bytes(body(3, 200)).unwrap_err();
    assert!(why.contains("nest deeper"), "{why}");
    let mut flagged = span().of(4).with("deep", nested(30));
    flagged.attributes.push(attribute("flag", Value::BoolValue(true)));
    simulation.send([flagged]);
    simulation.pass(30_000);
    let decisions = [1, 2, 4].map(|trace| simulation.explained(&id(trace)).decision);
    assert_eq!((decisions, simulation.held()), ([S, N, S], Held::default()));
    assert_eq!(simulation.metric("sluice_sampler_policy_errors_total", &[]), 0);
}

/// Guarantees: a large resource that thousands of traces share is held once, and though each of them gets it when it is
/// let out, not all are let out at once: what comes out at a time is bounded, and all of it does.
#[test]
fn a_large_resource_of_many_traces_comes_out_in_turn() {
    let mut simulation = Simulation::new(
        "decision_wait: 1s\nmax_memory_mib: 16\npolicies:\n- {name: all, type: always_sample}\n",
    );
    let large = "x".repeat(400_000);
    simulation.send_resources(vec![resource(&large, (1..=1000).map(|trace| span().of(trace)))]);
    assert!(simulation.held().bytes < 1 << 20, "{:?}", simulation.held());
    simulation.pass(900);
    let mut released = 0;
    let mut ticks = 0;
    while simulation.held().traces > 0 {
        simulation.pass(100);
        let bytes = simulation.released_bytes();
        assert!(bytes <= 24 << 20, "{bytes} bytes at once");
        released += simulation.released_count();
        ticks += 1;
    }
    assert_eq!((released, simulation.held()), (1000, Held::default()));
    assert!(ticks > 10, "400 MB cannot come out faster");
}

/// Guarantees: late spans of a scope go out together, whatever traces they are of, with what is around them once.
#[test]
fn a_large_resource_of_late_spans_comes_out_once() {
    let mut simulation =
        Simulation::new("decision_wait: 1s\npolicies:\n- {name: all, type: always_sample}\n");
    simulation.send((1..=1000).map(|trace| span().of(trace)));
    simulation.pass(1000);
    assert_eq!(simulation.released_count(), 1000);
    let late = vec![
        resource(&"x".repeat(400_000), (1..=1000).map(|trace| span().of(trace))),
        resource("shop", (1..=1000).map(|trace| span().of(trace).named("late"))),
    ];
    simulation.send_resources(late.clone());
    assert!(simulation.released_bytes() < 600_000, "{}", simulation.released_bytes());
    assert_eq!(simulation.released_requests().concat(), late);
}
