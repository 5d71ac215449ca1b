//! What is written on sampled scopes: C2 20, 24 and 26 of the Collector's cases.

use opentelemetry_proto::tonic::common::v1::any_value::Value;

use crate::harness::Simulation;
use crate::spans::{SpanExt, span};

const POLICIES: &str = "decision_wait: 1s
policies:
- {name: flagged, type: trace_flags}
- {name: slow, type: latency, latency: {threshold_ms: 10}}
";

/// The attributes of the scopes that came out, by the trace's number.
fn marks(simulation: &mut Simulation) -> Vec<(u8, Vec<(String, Value)>)> {
    let resources = simulation.released_requests().concat();
    let scopes = resources.into_iter().flat_map(|resource| resource.scope_spans);
    let mut marks: Vec<_> = scopes
        .map(|scope| {
            let attributes = scope.scope.unwrap().attributes.into_iter();
            let pairs = attributes.map(|pair| (pair.key, pair.value.unwrap().value.unwrap()));
            (scope.spans[0].trace_id[15], pairs.collect())
        })
        .collect();
    marks.sort_by_key(|(trace, _)| *trace);
    marks
}

fn policy(name: &str) -> (String, Value) {
    ("tailsampling.policy".to_owned(), Value::StringValue(name.to_owned()))
}

/// Guarantees (TestSamplingWithRecordPolicy, TestLateArrivingSpanUsesDecisionCache): the first policy that sampled a trace is
/// named, on late spans too, which say that they are.
#[test]
fn the_policy_is_named() {
    let mut simulation = Simulation::new(&format!("record_policy: true\n{POLICIES}"));
    simulation.send([span().root().of(1).flags(1).lasting(0, 20), span().root().of(2).lasting(0, 20)]);
    simulation.pass(1000);
    assert_eq!(marks(&mut simulation), [(1, vec![policy("flagged")]), (2, vec![policy("slow")])]);
    simulation.send([span().of(2)]);
    let cached = ("tailsampling.cached_decision".to_owned(), Value::BoolValue(true));
    assert_eq!(marks(&mut simulation), [(2, vec![policy("slow"), cached])]);
}

/// Guarantees: beside the policy stands what a trace lacked that was not all there.
#[test]
fn what_is_missing_is_named() {
    let mut simulation = Simulation::new(&format!("record_policy: true\n{POLICIES}"));
    simulation.send([span().of(1).flags(1), span().root().of(2).flags(1), span().of(2)]);
    simulation.pass(1000);
    let lacks = |what: &str| ("tailsampling.incomplete".to_owned(), Value::StringValue(what.to_owned()));
    let expected = [(1, "no_root"), (2, "missing_parent")];
    let expected = expected.map(|(trace, what)| (trace, vec![policy("flagged"), lacks(what)]));
    assert_eq!(marks(&mut simulation), expected);
}

/// Guarantees (TestLateArrivingSpanUsesDecisionCacheWithoutMetadata in spirit): without `record_policy` nothing is written.
#[test]
fn nothing_is_written_unless_asked() {
    let mut simulation = Simulation::new(POLICIES);
    simulation.send([span().of(1).flags(1)]);
    simulation.pass(1000);
    simulation.send([span().of(1)]);
    assert_eq!(marks(&mut simulation), [(1, Vec::new()), (1, Vec::new())]);
}
