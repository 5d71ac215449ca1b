//! The votes of `trace_state`, through the public surface of the plugin.

#![cfg(test)]

use proptest::collection::vec;
use proptest::sample::select;
use proptest::strategy::Strategy;
use sluice_policy_tests::{explain, order_never_matters, refusal, request, span, vote};
use sluice_sdk::policy::Vote::{self, NotSampled, Sampled};
use sluice_trace_state::TraceState;

const SETTINGS: &str = r#"{"key": "example", "values": ["value", "other"]}"#;

fn of(settings: &str, tracestates: &[&str]) -> Vote {
    vote::<TraceState>(settings, tracestates.iter().map(|state| span().tracestate(state))).unwrap()
}

/// The value of the key counts (V50).
#[test]
fn the_value_of_the_key_counts() {
    assert_eq!(of(SETTINGS, &["example=value"]), Sampled);
    assert_eq!(of(SETTINGS, &["example=non_matching,non_matching=value"]), NotSampled);
    assert_eq!(of(SETTINGS, &["a=b , example=other"]), Sampled);
    assert_eq!(of(SETTINGS, &["example=values"]), NotSampled);
}

/// One span is enough, wherever it comes.
#[test]
fn one_span_is_enough() {
    assert_eq!(of(SETTINGS, &["", "", "a=b", "a=b", "example=value", "a=b"]), Sampled);
    assert_eq!(of(SETTINGS, &["", "a=b"]), NotSampled);
}

/// A malformed tracestate has no keys, and does no harm to those of other spans.
#[test]
fn malformed_tracestates_match_nothing() {
    assert_eq!(of(SETTINGS, &["example=value,="]), NotSampled);
    assert_eq!(of(SETTINGS, &["example=value,example=value"]), NotSampled);
    assert_eq!(of(SETTINGS, &["example=value,=", "example=value"]), Sampled);
}

/// Values that a tracestate cannot hold are left out, as in the Collector.
#[test]
fn impossible_values_are_left_out() {
    let settings = |length| format!(r#"{{"key": "k", "values": ["", "{}"]}}"#, "v".repeat(length));
    let state = |length| format!("k={}", "v".repeat(length));
    assert_eq!(of(&settings(254), &[&state(254)]), Sampled);
    assert_eq!(of(&settings(255), &[&state(255)]), NotSampled);
}

/// A key has to be named; the reason names it with its value.
#[test]
fn settings_and_reasons() {
    assert!(refusal::<TraceState>("{}").unwrap().contains("missing field `key`"));
    assert!(refusal::<TraceState>(r#"{"key": ""}"#).unwrap().starts_with("key is empty"));
    let (_, reason) =
        explain::<TraceState>(SETTINGS, &[request([span().tracestate("example=value")])]).unwrap();
    assert_eq!(reason, "tracestate has example=value");
}

/// Spans in any order get the same vote.
#[test]
fn order_does_not_matter() {
    let states = select(vec!["", "a=b", "example=value", "example=none", "=", "example=other"]);
    let requests = states.prop_map(|state| request([span().tracestate(state)]));
    order_never_matters::<TraceState>(SETTINGS, vec(requests, 1..6)).unwrap();
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<TraceState>(include_str!("../../../docs/policies/trace_state.md"))
        .unwrap();
}
