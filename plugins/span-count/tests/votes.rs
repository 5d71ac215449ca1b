//! The votes of `span_count`, through the public surface of the plugin.

#![cfg(test)]

use sluice_policy_tests::{explain, refusal, request, span, vote};
use sluice_sdk::policy::Vote::{self, NotSampled, Sampled};
use sluice_span_count::SpanCount;

fn of(settings: &str, count: usize) -> Vote {
    vote::<SpanCount>(settings, (0..count).map(|_| span())).unwrap()
}

/// From the least on, up to the most, both included; a most of 0 is none.
#[test]
fn counts_in_the_range_are_kept() {
    let from_2 = r#"{"min_spans": 2}"#;
    assert_eq!([1, 2, 50].map(|count| of(from_2, count)), [NotSampled, Sampled, Sampled]);
    let from_2_to_3 = r#"{"min_spans": 2, "max_spans": 3}"#;
    assert_eq!([1, 2, 3, 4].map(|count| of(from_2_to_3, count)), [NotSampled, Sampled, Sampled, NotSampled]);
    let to_1 = r#"{"max_spans": 1}"#;
    assert_eq!([1, 2].map(|count| of(to_1, count)), [Sampled, NotSampled]);
    assert_eq!(of(r#"{"min_spans": 0}"#, 1), Sampled);
}

/// Spans of all requests and resources count.
#[test]
fn all_requests_count() {
    let requests = [request([span()]), request([span(), span()])];
    let (vote, reason) = explain::<SpanCount>(r#"{"min_spans": 3}"#, &requests).unwrap();
    assert_eq!((vote, reason.as_str()), (Sampled, "3 spans >= 3"));
}

/// Settings that say nothing, or that no trace fits, are refused.
#[test]
fn wrong_settings_are_refused() {
    let refused = |settings| refusal::<SpanCount>(settings).unwrap();
    assert!(refused("{}").starts_with("min_spans is missing"));
    assert!(refused(r#"{"min_spans": 5, "max_spans": 4}"#).starts_with("max_spans 4: must not be less"));
    assert!(refused(r#"{"min_spans": 2.5}"#).starts_with("min_spans: invalid type"));
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<SpanCount>(include_str!("../../../docs/policies/span_count.md"))
        .unwrap();
}
