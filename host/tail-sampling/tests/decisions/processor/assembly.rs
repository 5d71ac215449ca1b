//! From pieces of traces to decisions: C2 1 to 9 of the Collector's cases.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use sluice_sampling::{Decision, Trigger};

use crate::harness::Simulation;
use crate::spans::{SpanExt, id, scoped, span};

const ALL: &str = "policies:\n- {name: all, type: always_sample}\n";

/// Spans by trace, as numbers.
fn by_trace(spans: &[Span]) -> BTreeMap<u8, usize> {
    spans.iter().fold(BTreeMap::new(), |mut counts, span| {
        *counts.entry(span.trace_id[15]).or_default() += 1;
        counts
    })
}

/// Resource, scope and spans, in an order of their own.
fn groups(resources: Vec<ResourceSpans>) -> Vec<(String, String, String, Vec<String>)> {
    let mut groups = Vec::new();
    for resource in resources {
        for scope in resource.scope_spans {
            let mut names: Vec<_> = scope.spans.into_iter().map(|span| span.name).collect();
            names.sort();
            let around = (format!("{:?}", resource.resource), resource.schema_url.clone());
            groups.push((around.0, around.1, format!("{:?} {}", scope.scope, scope.schema_url), names));
        }
    }
    groups.sort();
    groups
}

/// Guarantees (TestTraceIntegrity): spans of several scopes and resources come out below the same resource and scope, each once a
/// trace, with their schema URLs, whatever pieces they came in.
#[test]
fn a_trace_keeps_its_grouping() {
    let mut simulation = Simulation::new(ALL);
    let pieces = [
        ("shop", "http", "a"),
        ("shop", "db", "b"),
        ("cart", "http", "c"),
        ("shop", "http", "d"),
        ("cart", "db", "e"),
    ];
    let of = |pieces: &[(&str, &str, &str)]| {
        pieces
            .iter()
            .map(|(service, scope, name)| scoped(service, scope, [span().of(1).named(name)]))
            .collect::<Vec<_>>()
    };
    simulation.send_resources(of(&pieces[..2]));
    simulation.pass(100);
    simulation.send_resources(of(&pieces[2..]));
    simulation.pass(30_000);
    let mut whole = of(&pieces);
    whole[0].scope_spans[0].spans.push(span().of(1).named("d"));
    whole.remove(3);
    let released = simulation.released_requests().concat();
    assert_eq!(released.len(), 2, "each resource once");
    assert_eq!(groups(released), groups(whole));
}

/// Guarantees (TestSequentialTraceArrival, TestConcurrentTraceArrival): however the pieces of traces interleave, each
/// trace has all of its spans when policies are asked.
#[test]
fn pieces_add_up_however_they_interleave() {
    let mut simulation =
        Simulation::new("policies:\n- {name: whole, type: span_count, span_count: {min_spans: 40}}\n");
    let mut spans: Vec<_> = (1..=40).flat_map(|trace| (0..trace).map(move |_| span().of(trace))).collect();
    spans.extend((1..=40).flat_map(|trace| (trace..40).map(move |_| span().of(trace))));
    fastrand::Rng::with_seed(2).shuffle(&mut spans);
    for some in spans.chunks(7) {
        simulation.send(some.to_vec());
        simulation.pass(30);
    }
    simulation.pass(30_000);
    let released = by_trace(&simulation.released());
    assert_eq!(released, (1..=40).map(|trace| (trace, 40)).collect());
}

/// Guarantees (TestSequentialTraceMapSize, but nothing is thrown away): of 210 traces with room for 100 the oldest are
/// decided early on what is there, are counted, and the rest waits as it should.
#[test]
fn the_oldest_are_decided_early() {
    let mut simulation = Simulation::new(&format!("num_traces: 100\n{ALL}"));
    for trace in 1..=210 {
        simulation.send([span().of(trace)]);
        simulation.pass(10);
        assert!(simulation.held().traces <= 110, "at most a tick's traces more than there is room for");
    }
    simulation.pass(100);
    assert_eq!((simulation.held().traces, simulation.released_count()), (100, 110));
    simulation.pass(30_000);
    assert_eq!((simulation.held().traces, simulation.released_count()), (0, 100));
    let early =
        simulation.decisions().iter().filter(|decision| decision.trigger == Trigger::Eviction).count();
    let counted =
        simulation.metric("otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total", &[]);
    assert_eq!((early, counted), (110, 110));
}

/// Guarantees (TestMultipleBatchesAreCombinedIntoOne): what came in many pieces goes out in one.
#[test]
fn pieces_go_out_together() {
    let mut simulation = Simulation::new(ALL);
    for piece in 0..10 {
        for trace in 1..=4 {
            simulation.send_resources(vec![scoped(
                "shop",
                "http",
                [span().of(trace).named(&piece.to_string())],
            )]);
            simulation.pass(50);
        }
    }
    simulation.pass(30_000);
    let requests = simulation.released_requests();
    let of_traces = requests.iter().flatten().map(|resource| by_trace(&resource.scope_spans[0].spans));
    let mut of_traces: Vec<_> = of_traces.collect();
    of_traces.sort();
    assert_eq!(of_traces, (1..=4).map(|trace| BTreeMap::from([(trace, 10)])).collect::<Vec<_>>());
}

/// Guarantees (TestDeleteQueueCleared): a trace that is decided takes no room from those that come.
#[test]
fn decided_traces_take_no_room() {
    let mut simulation = Simulation::new(&format!("decision_wait: 1s\nnum_traces: 2\n{ALL}"));
    for round in 0..10 {
        simulation.send([span().of(2 * round + 1), span().of(2 * round + 2)]);
        simulation.pass(1100);
        assert_eq!(simulation.held().traces, 0);
    }
    let early =
        simulation.decisions().into_iter().filter(|decision| decision.trigger != Trigger::Timeout).count();
    assert_eq!((simulation.released_count(), early), (20, 0));
}

/// Guarantees (TestSubSecondDecisionTime): waits below a second are kept to, to 100 ms; none at all is the next tick.
#[test]
fn waits_are_kept_to() {
    for (wait, early, then) in [("0s", 0, 100), ("250ms", 200, 100), ("500ms", 400, 100), ("2s", 1900, 100)] {
        let mut simulation = Simulation::new(&format!("decision_wait: {wait}\n{ALL}"));
        simulation.send([span().of(1)]);
        simulation.pass(early);
        assert_eq!(simulation.released_count(), 0, "{wait}");
        simulation.pass(then);
        assert_eq!(simulation.released_count(), 1, "{wait}");
    }
}

/// Guarantees: a tick that comes late decides all that has become due meanwhile, and delays nothing that comes after it.
#[test]
fn a_late_tick_catches_up() {
    let mut simulation = Simulation::new(&format!("decision_wait: 2s\n{ALL}"));
    for trace in 1..=10 {
        simulation.send([span().of(trace)]);
        simulation.pass(1000);
    }
    assert_eq!(simulation.released_count(), 9);
    simulation.send([span().of(11)]);
    simulation.stall(1500);
    assert_eq!(simulation.released_count(), 1);
    simulation.pass(500);
    assert_eq!(simulation.released_count(), 1);
    simulation.send([span().of(12)]);
    simulation.stall(3_600_000);
    assert_eq!(simulation.released_count(), 1);
}

/// Guarantees (TestRootReceivedBatcher): with a minute to wait and a second after the root, half of the traces are out
/// within about two seconds, as the policy says, and those without a root wait.
#[test]
fn a_root_hurries_the_decision() {
    let mut simulation = Simulation::new(
        "decision_wait: 60s\ndecision_wait_after_root_received: 1s\npolicies:\n- {name: half, type: probabilistic, \
         probabilistic: {sampling_percentage: 50}}\n",
    );
    let mut random = fastrand::Rng::with_seed(8);
    let mut ids = || random.u128(..).to_be_bytes().to_vec();
    simulation.send((0..1000).map(|_| Span { trace_id: ids(), ..span().root() }));
    simulation.send((0..10).map(|_| Span { trace_id: ids(), ..span() }));
    simulation.pass(2000);
    let kept = simulation.released_count();
    assert!((400..=600).contains(&kept), "{kept} of 1000");
    assert_eq!(simulation.held().traces, 10);
    assert!(simulation.decisions().iter().all(|decision| decision.trigger == Trigger::Root));
    simulation.pass(58_000);
    assert_eq!(simulation.held().traces, 0);
}

/// Guarantees (the tests of the Collector's idbatcher): every trace comes to its decision once, after its own wait; at the end
/// all that is left does.
#[test]
fn every_trace_is_decided_once() {
    let mut simulation = Simulation::new(&format!("decision_wait: 1s\n{ALL}"));
    for trace in 1..=100 {
        simulation.send([span().of(trace)]);
        simulation.pass(25);
    }
    let in_time = simulation.decisions();
    assert_eq!(in_time.len(), 61);
    for decision in &in_time {
        let waited = decision.decided - decision.received;
        assert!((1_000_000_000..=1_100_000_000).contains(&waited), "{waited}");
    }
    simulation.shut_down();
    let mut ids: Vec<_> =
        simulation.decisions().into_iter().map(|decision| decision.trace_id.to_vec()).collect();
    ids.sort();
    assert_eq!(ids, (1..=100).map(id).collect::<Vec<_>>());
    assert_eq!((simulation.released_count(), simulation.held().traces), (100, 0));
}

/// Guarantees: at the end all that waits is decided on what is there, or dropped and counted where that is asked for.
#[test]
fn the_end_decides_or_drops() {
    let lost = |simulation: &Simulation| {
        simulation.metric("sluice_sampler_lost_spans_total", &["reason=\"shutdown\""])
    };
    for (drop, released, dropped) in [(false, 3, 0), (true, 0, 3)] {
        let mut simulation = Simulation::new(&format!("drop_pending_traces_on_shutdown: {drop}\n{ALL}"));
        simulation.send([span().of(1), span().of(1), span().of(2)]);
        simulation.shut_down();
        assert_eq!((simulation.released_count(), lost(&simulation)), (released, dropped));
        assert_eq!(simulation.held().traces, 0);
    }
}

/// Guarantees (TestDropLargeTraces): a trace beyond the bound is not sampled, nor what comes later of it; with a higher
/// bound it is.
#[test]
fn large_traces_are_not_sampled() {
    for (most, released) in [(1024, 1), (1 << 20, 5)] {
        let mut simulation = Simulation::new(&format!("maximum_trace_size_bytes: {most}\n{ALL}"));
        let large = "x".repeat(600);
        simulation.send([span().of(1).named(&large), span().of(2)]);
        simulation.send([span().of(1).named(&large)]);
        simulation.send([span().of(1), span().of(1)]);
        simulation.pass(30_000);
        let too_large =
            simulation.metric("otelcol_processor_tail_sampling_traces_dropped_too_large_total", &[]);
        assert_eq!((simulation.released_count(), too_large), (released, u64::from(most == 1024)));
    }
}

/// Guarantees (TestSamplingPolicyTypicalPath, TestSamplingMultiplePolicies, TestSamplingPolicyDecisionNotSampled): one
/// policy that samples a trace is enough; none is not.
#[test]
fn one_policy_is_enough() {
    let block = "policies:\n- {name: flagged, type: trace_flags}\n- {name: slow, type: latency, latency: {threshold_ms: 10}}\n";
    let mut simulation = Simulation::new(block);
    simulation.send([
        span().of(1).flags(1),
        span().of(2).lasting(0, 20),
        span().of(3).flags(1).lasting(0, 20),
        span().of(4),
    ]);
    simulation.pass(30_000);
    let credited = [1, 2, 3, 4].map(|trace| {
        let explained = simulation.explained(&id(trace));
        (explained.decision, explained.policy)
    });
    let by = |policy: &str| (Decision::Sampled, Some(policy.to_owned()));
    assert_eq!(credited, [by("flagged"), by("slow"), by("flagged"), (Decision::NotSampled, None)]);
    assert_eq!(by_trace(&simulation.released()), [(1, 1), (2, 1), (3, 1)].into());
}
