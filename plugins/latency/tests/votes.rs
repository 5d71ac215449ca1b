//! The votes of `latency`, through the public surface of the plugin.

#![cfg(test)]

use proptest::collection::vec;
use proptest::strategy::Strategy;
use sluice_latency::Latency;
use sluice_policy_tests::{explain, order_never_matters, refusal, request, span, vote};
use sluice_sdk::policy::Vote::{self, NotSampled, Sampled};
use sluice_sdk::testing::{NOW, Span};

/// A span from one time to another, in ms.
fn ms(from: u64, to: u64) -> Span {
    span().start(NOW + from * 1_000_000).end(NOW + to * 1_000_000)
}

fn latency(settings: &str, spans: &[(u64, u64)]) -> Vote {
    vote::<Latency>(settings, spans.iter().map(|(from, to)| ms(*from, *to))).unwrap()
}

/// What takes longer than the threshold is kept, what takes just as long is not (V1, V2).
#[test]
fn longer_than_the_threshold_is_kept() {
    let settings = r#"{"threshold_ms": 5000}"#;
    assert_eq!(latency(settings, &[(0, 4500)]), NotSampled);
    assert_eq!(latency(settings, &[(0, 5000)]), NotSampled);
    assert_eq!(latency(settings, &[(0, 5001)]), Sampled);
}

/// A trace lasts from its first start to its last end, longer than any of its spans (V3).
#[test]
fn the_trace_counts_and_not_its_spans() {
    assert_eq!(latency(r#"{"threshold_ms": 5000}"#, &[(0, 3000), (2500, 5500)]), Sampled);
}

/// With a second threshold, the one is exclusive and the other inclusive (V4 to V8).
#[test]
fn two_thresholds_are_a_range() {
    let settings = r#"{"threshold_ms": 5000, "upper_threshold_ms": 10000}"#;
    let votes = [4500, 5000, 5001, 10_000, 10_001].map(|took| latency(settings, &[(0, took)]));
    assert_eq!(votes, [NotSampled, NotSampled, Sampled, Sampled, NotSampled]);
}

/// The second threshold is one for the whole trace, whichever span comes first (V10).
#[test]
fn a_part_in_the_range_is_not_enough() {
    let settings = r#"{"threshold_ms": 5000, "upper_threshold_ms": 10000}"#;
    assert_eq!(latency(settings, &[(0, 6000), (0, 20_000)]), NotSampled);
    assert_eq!(latency(settings, &[(0, 20_000), (0, 6000)]), NotSampled);
}

/// Times of all kinds do no harm, and a start that is not there does not count.
#[test]
fn strange_times_do_no_harm() {
    let settings = r#"{"threshold_ms": 1000}"#;
    let vote = |spans: Vec<Span>| vote::<Latency>(settings, spans).unwrap();
    assert_eq!(vote(vec![span().end(NOW), ms(0, 10)]), NotSampled);
    assert_eq!(vote(vec![ms(0, 10), span().end(NOW)]), NotSampled);
    assert_eq!(vote(vec![span().end(NOW)]), Sampled);
    assert_eq!(vote(vec![span()]), NotSampled);
    assert_eq!(vote(vec![span().start(u64::MAX).end(0)]), NotSampled);
    assert_eq!(vote(vec![span().start(1).end(u64::MAX)]), Sampled);
}

/// The reason has the numbers that were compared.
#[test]
fn reasons_have_the_numbers() {
    let settings = r#"{"threshold_ms": 5000, "upper_threshold_ms": 10000}"#;
    let reason = |took| explain::<Latency>(settings, &[request([ms(0, took)])]).unwrap().1;
    assert_eq!(reason(5203), "latency 5203 ms > 5000 ms");
    assert_eq!(reason(300), "latency 300 ms <= 5000 ms");
    assert_eq!(reason(12_000), "latency 12000 ms > 10000 ms");
}

/// Settings that keep nothing, or say nothing, are refused.
#[test]
fn wrong_settings_are_refused() {
    let refused = |settings| refusal::<Latency>(settings).unwrap();
    assert!(refused("{}").starts_with("threshold_ms is missing"));
    assert!(
        refused(r#"{"threshold_ms": 9, "upper_threshold_ms": 9}"#).contains("upper_threshold_ms 9: must be")
    );
    assert!(refused(r#"{"threshold_ms": "5s"}"#).starts_with("threshold_ms: invalid type"));
    assert!(
        refused(r#"{"treshold_ms": 5}"#).contains("unknown field `treshold_ms`, expected `threshold_ms`")
    );
}

/// Spans in any order get the same vote.
#[test]
fn order_does_not_matter() {
    let spans =
        (0u64..3, 0u64..3).prop_map(|(start, end)| request([span().start(start * 900).end(end * 2_000_000)]));
    order_never_matters::<Latency>(r#"{"threshold_ms": 1, "upper_threshold_ms": 3}"#, vec(spans, 1..6))
        .unwrap();
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<Latency>(include_str!("../../../docs/policies/latency.md")).unwrap();
}
