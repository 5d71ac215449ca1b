//! Consistent probability sampling, `use_tracestate` (the Collector's gate `usetracestate`): who is kept, and which threshold is
//! written.

use opentelemetry_proto::tonic::trace::v1::Span;
use sluice_sampling::Decision;

use crate::harness::Simulation;
use crate::spans::{SpanExt, hex, span};
use crate::table::{N, S};

/// What becomes of a trace of these tracestates, and the tracestates that come out.
fn decide(policies: &str, id: &str, states: &[&str]) -> (Decision, Vec<String>) {
    let mut simulation = Simulation::new(&format!("use_tracestate: true\npolicies:\n{policies}"));
    let id = hex(id);
    let spans = states.iter().map(|state| Span { trace_id: id.clone(), ..span().tracestate(state) });
    simulation.send(spans);
    simulation.pass(30_000);
    let released = simulation.released().into_iter().map(|span| span.trace_state);
    (simulation.explained(&id).decision, released.collect())
}

fn percent(percentage: &str) -> String {
    format!("- {{name: it, type: probabilistic, probabilistic: {{sampling_percentage: {percentage}}}}}\n")
}

const ZERO: &str = "0";

/// Guarantees: V22 to V29: explicit randomness decides; else, once a span has `th`, the id's own; else the hash.
#[test]
fn explicit_randomness_decides() {
    for (vector, percentage, states, expected) in [
        ("V22", "50", &["ot=rv:ffffffffffffff"][..], S),
        ("V23", "50", &["ot=rv:40000000000000"], N),
        ("V25", "100", &["ot=rv:40000000000000"], S),
        ("V26", "100", &["ot=th:8"], S),
        ("V27", "50", &["ot=rv:ffffffffffffff", "ot=rv:ffffffffffffff"], S),
        ("V29, rv", "100", &["ot=rv:xyz"], S),
        ("V29, tracestate", "100", &["=,"], S),
        ("the hash", "90", &[""], S),
        ("the id's own", "90", &["ot=th:8"], N),
    ] {
        assert_eq!(decide(&percent(percentage), ZERO, states).0, expected, "{vector}");
    }
}

/// Guarantees: each percentage has the `th` that was computed from the Collector's code, on every span of a kept trace.
#[test]
fn thresholds_are_written() {
    for (percentage, threshold) in [
        ("0.1", "ffbe76c8b43958"),
        ("1", "fd70a3d70a3d71"),
        ("5", "f3333333333333"),
        ("10", "e6666666666666"),
        ("25", "c"),
        ("33", "ab851eb851eb84"),
        ("50", "8"),
        ("75", "4"),
        ("90", "19999999999998"),
        ("99", "028f5c28f5c29"),
        ("100", "0"),
    ] {
        let states = ["ot=rv:ffffffffffffff", "vendor=1,ot=rv:ffffffffffffff"];
        let (decision, released) = decide(&percent(percentage), ZERO, &states);
        let own = format!("ot=th:{threshold};rv:ffffffffffffff");
        assert_eq!((decision, released), (S, vec![own.clone(), format!("{own},vendor=1")]), "{percentage} %");
    }
}

/// Guarantees: of the policies that sample a trace the smallest threshold counts: a filter has zero; a stricter one that a span
/// came with stays; what cannot be read stays as it is.
#[test]
fn the_smallest_threshold_counts() {
    let filter = "- {name: errors, type: status_code, status_code: {status_codes: [UNSET]}}\n";
    let both =
        |first: &str, second: &str| decide(&format!("{first}{second}"), ZERO, &["ot=rv:ffffffffffffff"]).1;
    assert_eq!(both(&percent("50"), filter), ["ot=th:0;rv:ffffffffffffff"]);
    let quarter = percent("25").replace("name: it", "name: quarter");
    assert_eq!(both(&quarter, &percent("50")), ["ot=th:8;rv:ffffffffffffff"]);
    assert_eq!(decide(filter, ZERO, &["ot=th:c;rv:ffffffffffffff"]).1, ["ot=th:c;rv:ffffffffffffff"]);
    assert_eq!(decide(filter, ZERO, &["=,"]).1, ["=,"]);
}

/// Guarantees: inside `and` the largest threshold counts, inside `not` there is none.
#[test]
fn and_takes_the_largest_threshold() {
    let parts = |parts: &str| format!("- {{name: both, type: and, and: {{and_sub_policy: [{parts}]}}}}\n");
    let percent = |name: &str, percentage: u32| {
        format!("{{name: {name}, type: probabilistic, probabilistic: {{sampling_percentage: {percentage}}}}}")
    };
    let two = parts(&format!("{}, {}", percent("half", 50), percent("quarter", 25)));
    assert_eq!(decide(&two, ZERO, &["ot=rv:ffffffffffffff"]).1, ["ot=th:c;rv:ffffffffffffff"]);
    let not = format!("- {{name: rest, type: not, not: {{not_sub_policy: {}}}}}\n", percent("half", 50));
    assert_eq!(decide(&not, ZERO, &["ot=rv:00000000000001"]).1, ["ot=th:0;rv:00000000000001"]);
}
