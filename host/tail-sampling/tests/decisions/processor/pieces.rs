//! `sampling_strategy: span-ingest`: C2 28 to 33 of the Collector's cases.

use sluice_sampling::Trigger;

use crate::harness::Simulation;
use crate::spans::{SpanExt, id, span, string};
use crate::table::{D, S};

const FLAGGED: &str =
    "sampling_strategy: span-ingest\ndecision_wait: 1s\npolicies:\n- {name: flagged, type: trace_flags}\n";

/// How often a policy was asked about a trace.
fn asked(simulation: &Simulation) -> u64 {
    simulation.metric("otelcol_processor_tail_sampling_sampling_policy_execution_count_total", &[])
}

/// Guarantees (TestSpanIngest...EvaluatesOnIngestAndFinalizesOnTerminalDecision, RootFirstThenChild): the piece that is sampled
/// releases all that came before, at once, and what comes later follows without a question.
#[test]
fn a_sampled_piece_releases_all() {
    let mut simulation = Simulation::new(FLAGGED);
    simulation.send([span().of(1).named("first")]);
    assert_eq!(simulation.released_count(), 0);
    simulation.send([span().of(1).flags(1)]);
    assert_eq!(simulation.released_count(), 2);
    simulation.send([span().of(1)]);
    assert_eq!((simulation.released_count(), asked(&simulation)), (1, 2));
    let explained = simulation.explained(&id(1));
    assert_eq!((explained.decision, explained.trigger, simulation.held().traces), (S, Trigger::Ingest, 0));
}

/// Guarantees (TestSpanIngest...EvaluatesOnlyIncomingBatch): a policy sees the piece that came, and the count of all spans.
#[test]
fn a_piece_is_seen_alone() {
    let block = "sampling_strategy: span-ingest\npolicies:\n- name: both\n  type: and\n  and:\n    and_sub_policy:\n    \
                 - {name: text, type: string_attribute, string_attribute: {key: k, values: [v]}}\n    \
                 - {name: flagged, type: trace_flags}\n";
    let mut simulation = Simulation::new(block);
    simulation.send([span().of(1).flags(1)]);
    simulation.send([span().of(1).with("k", string("v"))]);
    assert_eq!(simulation.released_count(), 0, "neither piece has both");
    simulation.send([span().of(1).flags(1).with("k", string("v"))]);
    assert_eq!(simulation.released_count(), 3);
    let mut simulation = Simulation::new(
        "sampling_strategy: span-ingest\npolicies:\n- {name: two, type: span_count, span_count: {min_spans: 2}}\n",
    );
    simulation.send([span().of(1)]);
    simulation.send([span().of(1)]);
    assert_eq!(simulation.released_count(), 2);
}

/// Guarantees (TestSpanIngest...FinalizesOnDroppedDecision): a piece that is dropped takes all with it, and no later
/// piece is asked about, though the policy would say otherwise.
#[test]
fn a_dropped_piece_takes_all_along() {
    let block = "sampling_strategy: span-ingest
decision_wait: 1s
policies:
- {name: flagged, type: trace_flags}
- {name: probes, type: drop, drop: {drop_sub_policy: [{name: probe, type: string_attribute, string_attribute: {key: path, values: [/health]}}]}}
";
    let mut simulation = Simulation::new(block);
    simulation.send([span().of(1)]);
    simulation.send([span().of(1).with("path", string("/health"))]);
    let before = asked(&simulation);
    simulation.send([span().of(1).flags(1)]);
    simulation.pass(5000);
    assert_eq!((simulation.released_count(), asked(&simulation)), (0, before));
    assert_eq!((simulation.explained(&id(1)).decision, simulation.held().traces), (D, 0));
}

/// Guarantees (TestSpanIngest...TickCleansUpPendingWithoutPolicyEvaluation, ChildFirstThenRootPendingCleanup): what nobody wanted
/// goes when its time is up, without another question.
#[test]
fn what_nobody_wanted_goes() {
    let mut simulation = Simulation::new(FLAGGED);
    simulation.send([span().of(1)]);
    simulation.send([span().of(1).root()]);
    simulation.pass(2000);
    assert_eq!((simulation.released_count(), asked(&simulation), simulation.held().traces), (0, 2, 0));
    simulation.send([span().of(1).flags(1)]);
    assert_eq!(simulation.released_count(), 0, "it was decided");
}
