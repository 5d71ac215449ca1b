//! What is counted: C2 21, 39 and 40 of the Collector's cases. That late spans are counted is in `late`.

use crate::harness::Simulation;
use crate::spans::{SpanExt, span, string};

const TAIL: &str = "otelcol_processor_tail_sampling";

/// A metric's value.
fn count(simulation: &Simulation, name: &str, labels: &[&str]) -> u64 {
    simulation.metric(&format!("{TAIL}_{name}"), labels)
}

const POLICIES: &str = "decision_wait: 1s
policies:
- {name: flagged, type: trace_flags}
- {name: many, type: span_count, span_count: {min_spans: 2}}
- {name: probes, type: drop, drop: {drop_sub_policy: [{name: probe, type: string_attribute, string_attribute: {key: path, values: [/health]}}]}}
";

/// Three traces: of two spans and flagged, of one span, and of a probe.
fn send(simulation: &mut Simulation) {
    simulation.send([
        span().of(1).flags(1),
        span().of(1),
        span().of(2),
        span().of(3).with("path", string("/health")),
    ]);
    simulation.pass(1000);
}

/// Guarantees (TestProcessorTailSamplingCountTracesSampled, ...CountSpansSampled, TestMetricsAfterOneEvaluation): votes
/// are counted by policy and by what they were, in traces and spans; decisions by what they were.
#[test]
fn votes_and_decisions_are_counted() {
    let mut simulation = Simulation::new(POLICIES);
    send(&mut simulation);
    for (policy, decision, traces, spans) in [
        ("flagged", "sampled", 1, 2),
        ("flagged", "not_sampled", 1, 1),
        ("many", "sampled", 1, 2),
        ("many", "not_sampled", 1, 1),
        ("probes", "dropped", 1, 1),
        ("probes", "not_sampled", 2, 3),
    ] {
        let labels = [&format!("policy=\"{policy}\"")[..], &format!("decision=\"{decision}\"")];
        assert_eq!(count(&simulation, "count_traces_sampled_total", &labels), traces, "{policy} {decision}");
        assert_eq!(count(&simulation, "count_spans_sampled_total", &labels), spans, "{policy} {decision}");
    }
    let decisions = ["sampled", "not_sampled", "dropped"].map(|decision| {
        count(&simulation, "global_count_traces_sampled_total", &[&format!("decision=\"{decision}\"")])
    });
    assert_eq!(decisions, [1, 1, 1]);
    assert_eq!(count(&simulation, "new_trace_id_received_total", &[]), 3);
    let asked = ["flagged", "many", "probes"].map(|policy| {
        count(&simulation, "sampling_policy_execution_count_total", &[&format!("policy=\"{policy}\"")])
    });
    assert_eq!(asked, [2, 2, 3], "what is dropped is dropped before others are asked");
}

/// Guarantees (TestProcessorTailSamplingTraceRemovalAge, ...SamplingTracesOnMemory): what is held is shown as long as it
/// is, and the age of each trace at its decision is observed.
#[test]
fn what_is_held_is_shown() {
    let mut simulation = Simulation::new(POLICIES);
    simulation.send([span().of(1), span().of(1), span().of(2)]);
    let held = |simulation: &Simulation| {
        let spans = simulation.metric("sluice_sampler_held_spans", &[]);
        (count(simulation, "sampling_traces_on_memory", &[]), spans)
    };
    assert_eq!(held(&simulation), (2, 3));
    assert!(simulation.metric("sluice_sampler_held_bytes", &[]) > 0);
    simulation.pass(1000);
    assert_eq!(held(&simulation), (0, 0));
    assert_eq!(simulation.metric("sluice_sampler_held_bytes", &[]), 0);
    assert_eq!(count(&simulation, "sampling_trace_removal_age_seconds_count", &[]), 2);
    assert_eq!(count(&simulation, "sampling_trace_removal_age_seconds_sum", &[]), 2);
}

/// Guarantees (TestProcessorTailSamplingSamplingPolicyEvaluationError): each vote that a policy failed to give is
/// counted, and the other policies decide.
#[test]
fn errors_are_counted() {
    let block = "decision_wait: 1s
policies:
- {name: wrong, type: ottl_condition, ottl_condition: {error_mode: propagate, span: ['attributes[\"k\"] + 1 > 1']}}
- {name: all, type: always_sample}
";
    let mut simulation = Simulation::new(block);
    simulation.send([span().of(1).with("k", string("text")), span().of(2).with("k", string("text"))]);
    simulation.pass(1000);
    assert_eq!(count(&simulation, "sampling_policy_evaluation_error_total", &[]), 2);
    assert_eq!(simulation.metric("sluice_sampler_policy_errors_total", &["policy=\"wrong\""]), 2);
    assert_eq!(simulation.released_count(), 2);
}

/// Guarantees (TestSampleOnFirstMatch): once a policy has sampled a trace, no other is asked about it.
#[test]
fn the_first_match_ends_the_questions() {
    let mut simulation = Simulation::new(&format!("sample_on_first_match: true\n{POLICIES}"));
    send(&mut simulation);
    let asked = ["flagged", "many", "probes"].map(|policy| {
        count(&simulation, "sampling_policy_execution_count_total", &[&format!("policy=\"{policy}\"")])
    });
    assert_eq!(asked, [2, 1, 3]);
}
