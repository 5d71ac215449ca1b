//! `latency` (the Collector's TestEvaluate_Latency, TestEvaluate_Bounded_Latency).

use crate::spans::{SpanExt, span};
use crate::table::{N, S, check};

const LATENCY: &str = "type: latency, latency: {threshold_ms: 5000}";
const BOUNDED: &str = "type: latency, latency: {threshold_ms: 5000, upper_threshold_ms: 10000}";

/// Guarantees: V1 to V3: a trace is as long as it is from its first start to its last end, and is kept when it is longer than
/// the threshold.
#[test]
fn what_is_longer_than_the_threshold_is_kept() {
    check([
        ("V1", LATENCY, vec![vec![span().lasting(0, 4500)]], vec![N]),
        ("V2", LATENCY, vec![vec![span().lasting(0, 5000)]], vec![N]),
        ("V2, longer", LATENCY, vec![vec![span().lasting(0, 5001)]], vec![S]),
        ("V3", LATENCY, vec![vec![span().lasting(0, 3000), span().lasting(2500, 5500)]], vec![S]),
    ]);
}

/// Guarantees: V4 to V8: of two thresholds the one is exclusive, the other inclusive.
#[test]
fn two_thresholds_are_a_range() {
    let traces = [4500, 5000, 5001, 10_000, 10_001].map(|end| vec![span().lasting(0, end)]);
    check([("V4 to V8", BOUNDED, traces.into(), vec![N, N, S, S, N])]);
}

/// Guarantees: V10: the order of spans changes nothing, whichever of them came first.
#[test]
fn order_changes_nothing() {
    let (short, long) = (span().lasting(0, 6000), span().lasting(0, 20_000));
    check([("V10", BOUNDED, vec![vec![short.clone(), long.clone()], vec![long, short]], vec![N, N])]);
}
