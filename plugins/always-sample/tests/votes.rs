//! The votes of `always_sample`, through the public surface of the plugin.

#![cfg(test)]

use sluice_always_sample::AlwaysSample;
use sluice_policy_tests::{refusal, span, vote};
use sluice_sdk::policy::Vote;

/// Every trace is kept.
#[test]
fn every_trace_is_kept() {
    assert_eq!(vote::<AlwaysSample>("{}", [span()]), Ok(Vote::Sampled));
}

/// There is nothing to set.
#[test]
fn settings_are_refused() {
    let error = refusal::<AlwaysSample>(r#"{"sampling_percentage": 50}"#).unwrap();
    assert!(error.contains("unknown field `sampling_percentage`"), "{error}");
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<AlwaysSample>(include_str!("../../../docs/policies/always_sample.md"))
        .unwrap();
}
