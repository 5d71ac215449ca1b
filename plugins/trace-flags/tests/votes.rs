//! The votes of `trace_flags`, through the public surface of the plugin.

#![cfg(test)]

use proptest::collection::vec;
use proptest::strategy::Strategy;
use sluice_policy_tests::{order_never_matters, request, span, vote};
use sluice_sdk::policy::Vote::{NotSampled, Sampled};
use sluice_trace_flags::TraceFlags;

/// One flagged span is enough (V53); other flags do not count.
#[test]
fn one_flagged_span_is_enough() {
    let of = |flags: [u32; 3]| vote::<TraceFlags>("{}", flags.map(|flags| span().flags(flags)));
    assert_eq!(of([0, 1, 0]), Ok(Sampled));
    assert_eq!(of([0, 0, 0x301]), Ok(Sampled));
    assert_eq!(of([0, 0, 0]), Ok(NotSampled));
    assert_eq!(of([0x300, 2, 0]), Ok(NotSampled));
}

/// Spans in any order get the same vote.
#[test]
fn order_does_not_matter() {
    let requests = (0u32..4).prop_map(|flags| request([span().flags(flags)]));
    order_never_matters::<TraceFlags>("{}", vec(requests, 1..5)).unwrap();
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<TraceFlags>(include_str!("../../../docs/policies/trace_flags.md"))
        .unwrap();
}
