//! Spans that come after the decision: C2 23 to 27 of the Collector's cases.

use crate::harness::Simulation;
use crate::spans::{SpanExt, id, span, string};
use crate::table::{D, N, S};

const FLAGGED: &str = "decision_wait: 1s\npolicies:\n- {name: flagged, type: trace_flags}\n";

/// Spans that followed a decision, by whether their trace was sampled.
fn followed(simulation: &Simulation, sampled: bool) -> u64 {
    let name = "otelcol_processor_tail_sampling_early_releases_from_cache_decision_total";
    simulation.metric(name, &[&format!("sampled=\"{sampled}\"")])
}

/// Guarantees (TestLateSpansAfterDecision, TestLateArrivingSpanUsesDecisionCache, TestNonSampledCache...): a late span
/// follows the decision on its trace at once, whatever the policies would say of it, and is counted (spans, not traces).
#[test]
fn late_spans_follow_the_decision() {
    let mut simulation = Simulation::new(FLAGGED);
    simulation.send([span().of(1).flags(1), span().of(2)]);
    simulation.pass(1000);
    assert_eq!(simulation.released_count(), 1);
    for _ in 0..3 {
        simulation.send([span().of(1), span().of(1), span().of(2).flags(1), span().of(2), span().of(2)]);
        assert_eq!(simulation.released_count(), 2, "at once");
        simulation.pass(5000);
    }
    assert_eq!((followed(&simulation, true), followed(&simulation, false)), (6, 9));
    assert_eq!((simulation.explained(&id(1)).decision, simulation.explained(&id(2)).decision), (S, N));
    assert_eq!((simulation.held().traces, simulation.decisions().len()), (0, 2));
}

/// Guarantees (TestLateArrivingSpanUsesDecisionCacheWhenDropped): a late span of a dropped trace is discarded.
#[test]
fn late_spans_of_dropped_traces_are_dropped() {
    let block = "decision_wait: 1s
policies:
- {name: all, type: always_sample}
- {name: probes, type: drop, drop: {drop_sub_policy: [{name: probe, type: string_attribute, string_attribute: {key: path, values: [/health]}}]}}
";
    let mut simulation = Simulation::new(block);
    simulation.send([span().of(1).with("path", string("/health"))]);
    simulation.pass(1000);
    simulation.send([span().of(1).with("path", string("/cart"))]);
    simulation.pass(1000);
    assert_eq!((simulation.explained(&id(1)).decision, simulation.released_count()), (D, 0));
    assert_eq!(followed(&simulation, false), 1);
}

/// Guarantees: all 16 bytes of an id count: one that ends like a decided one is another trace.
#[test]
fn ids_count_whole() {
    let mut simulation = Simulation::new(FLAGGED);
    let mut other = span();
    other.trace_id = id(1);
    other.trace_id[0] = 5;
    simulation.send([span().of(1)]);
    simulation.pass(1000);
    simulation.send([other.flags(1)]);
    simulation.pass(1000);
    assert_eq!(simulation.released_count(), 1);
}

/// Guarantees: a cache that was switched off remembers nothing: a late span begins a trace of its own. The other one remembers.
#[test]
fn a_cache_can_be_switched_off() {
    for (off, expected) in [("sampled_cache_size", [0, 0]), ("non_sampled_cache_size", [1, 1])] {
        let mut simulation = Simulation::new(&format!("decision_cache: {{{off}: 0}}\n{FLAGGED}"));
        simulation.send([span().of(1).flags(1), span().of(2)]);
        simulation.pass(1000);
        assert_eq!(simulation.released_count(), 1);
        simulation.send([span().of(1), span().of(2).flags(1)]);
        let at_once = simulation.released_count();
        simulation.pass(1000);
        let later = simulation.released_count();
        assert_eq!([at_once, later], expected, "{off}");
    }
}

/// Guarantees (the tests of the Collector's cache package): of more decisions than a cache holds the one used last is remembered.
#[test]
fn the_decision_used_least_gives_way() {
    let mut simulation = Simulation::new(
        "decision_wait: 1s\ndecision_cache: {sampled_cache_size: 2}\npolicies:\n- {name: flagged, type: trace_flags}\n",
    );
    simulation.send([span().of(1).flags(1)]);
    simulation.pass(1000);
    simulation.send([span().of(2).flags(1)]);
    simulation.pass(1000);
    simulation.send([span().of(1)]);
    simulation.send([span().of(3).flags(1)]);
    simulation.pass(1000);
    assert_eq!(simulation.released_count(), 4);
    simulation.send([span().of(1), span().of(2), span().of(3)]);
    let mut at_once: Vec<_> = simulation.released().into_iter().map(|span| span.trace_id[15]).collect();
    at_once.sort_unstable();
    assert_eq!(at_once, [1, 3]);
}
