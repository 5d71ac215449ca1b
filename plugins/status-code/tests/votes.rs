//! The votes of `status_code`, through the public surface of the plugin.

#![cfg(test)]

use proptest::collection::vec;
use proptest::strategy::Strategy;
use sluice_policy_tests::{explain, order_never_matters, refusal, request, span, vote};
use sluice_sdk::policy::Vote::{self, NotSampled, Sampled};
use sluice_status_code::StatusCode;

const UNSET: u32 = 0;
const OK: u32 = 1;
const ERROR: u32 = 2;

fn of(codes: &str, statuses: &[u32]) -> Vote {
    let settings = format!(r#"{{"status_codes": {codes}}}"#);
    vote::<StatusCode>(&settings, statuses.iter().map(|code| span().status_code(*code))).unwrap()
}

/// A span of one of the statuses is enough (V48).
#[test]
fn one_span_is_enough() {
    assert_eq!(of(r#"["ERROR"]"#, &[OK, UNSET, OK]), NotSampled);
    assert_eq!(of(r#"["OK", "ERROR"]"#, &[UNSET, UNSET]), NotSampled);
    assert_eq!(of(r#"["UNSET"]"#, &[OK, UNSET]), Sampled);
    assert_eq!(of(r#"["OK", "UNSET"]"#, &[ERROR, OK]), Sampled);
    assert_eq!(of(r#"["UNSET", "OK", "ERROR"]"#, &[17]), NotSampled);
}

/// None, and what is none, is refused (V48).
#[test]
fn wrong_settings_are_refused() {
    let refused = |settings| refusal::<StatusCode>(settings).unwrap();
    let empty = "status_codes is empty: it takes at least one of OK, ERROR, UNSET";
    assert_eq!([refused("{}"), refused(r#"{"status_codes": []}"#)], [empty, empty]);
    let error = refused(r#"{"status_codes": ["OK", "ERR"]}"#);
    assert_eq!(error, "status_codes: `ERR` is none of OK, ERROR, UNSET");
    assert!(refused(r#"{"status_codes": ["error"]}"#).contains("`error`"));
}

/// The reason says which status.
#[test]
fn reasons_name_the_status() {
    let settings = r#"{"status_codes": ["OK", "ERROR"]}"#;
    let reason =
        |code| explain::<StatusCode>(settings, &[request([span(), span().status_code(code)])]).unwrap().1;
    assert_eq!(reason(ERROR), "a span has status ERROR");
    assert_eq!(reason(UNSET), "no span has status OK or ERROR");
}

/// Spans in any order get the same vote.
#[test]
fn order_does_not_matter() {
    let requests = (0u32..4).prop_map(|code| request([span().status_code(code)]));
    order_never_matters::<StatusCode>(r#"{"status_codes": ["ERROR"]}"#, vec(requests, 1..5)).unwrap();
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<StatusCode>(include_str!("../../../docs/policies/status_code.md"))
        .unwrap();
}
