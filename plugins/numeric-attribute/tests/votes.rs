//! The votes of `numeric_attribute`, through the public surface of the plugin.

#![cfg(test)]

use proptest::collection::vec;
use proptest::strategy::Strategy;
use sluice_numeric_attribute::NumericAttribute;
use sluice_policy_tests::{explain, order_never_matters, refusal, resource, span, vote};
use sluice_sdk::policy::Vote::{self, NotSampled, Sampled};
use sluice_sdk::testing::{Request, Resource, Value};

fn of(settings: &str, value: impl Into<Value>) -> Vote {
    vote::<NumericAttribute>(settings, [span(), span().attribute("n", value)]).unwrap()
}

/// Values in the range are kept, its ends included (V46).
#[test]
fn values_in_the_range_are_kept() {
    let from_400 = r#"{"key": "n", "min_value": 400}"#;
    assert_eq!([300, 400, 500].map(|n| of(from_400, n)), [NotSampled, Sampled, Sampled]);
    let to_100 = r#"{"key": "n", "max_value": 100}"#;
    assert_eq!([100, 101, 200].map(|n| of(to_100, n)), [Sampled, NotSampled, NotSampled]);
    assert_eq!(of(r#"{"key": "n", "min_value": -100}"#, 50), Sampled);
    let i32s = r#"{"key": "n", "min_value": -2147483648, "max_value": 2147483647}"#;
    let ends = [i32::MIN, i32::MAX].map(i64::from);
    assert_eq!(ends.map(|n| of(i32s, n)), [Sampled, Sampled]);
    assert_eq!([ends[0] - 1, ends[1] + 1].map(|n| of(i32s, n)), [NotSampled, NotSampled]);
}

/// A bound of 0 is none, so that the other one is the only one.
#[test]
fn zero_is_unset() {
    let settings = r#"{"key": "n", "min_value": 0, "max_value": 5}"#;
    assert_eq!([-1, 6].map(|n| of(settings, n)), [Sampled, NotSampled]);
}

/// A value that is no whole number reads as 0; one that is not there is none.
#[test]
fn other_types_read_as_zero() {
    let with_0 = r#"{"key": "n", "min_value": -1, "max_value": 1}"#;
    assert_eq!([of(with_0, 700.5), of(with_0, "700")], [Sampled, Sampled]);
    assert_eq!(vote::<NumericAttribute>(with_0, [span()]), Ok(NotSampled));
    assert_eq!(of(r#"{"key": "n", "min_value": 1}"#, "700"), NotSampled);
}

/// A resource's attribute counts like a span's; the reason says what was found.
#[test]
fn resources_count() {
    let requests = [Request::new().resource(resource(Resource::new().attribute("n", 7), [span()]))];
    let (vote, reason) = explain::<NumericAttribute>(r#"{"key": "n", "max_value": 9}"#, &requests).unwrap();
    assert_eq!((vote, reason.as_str()), (Sampled, "n 7 is in -9223372036854775808 to 9"));
}

/// Inverted, a trace is kept where nothing is in the range.
#[test]
fn inverted_nothing_may_match() {
    let settings = r#"{"key": "n", "min_value": 400, "invert_match": true}"#;
    assert_eq!([300, 400].map(|n| of(settings, n)), [Sampled, NotSampled]);
    assert_eq!(vote::<NumericAttribute>(settings, [span()]), Ok(Sampled));
}

/// What the Collector refuses at start, and what no value can match, is refused.
#[test]
fn wrong_settings_are_refused() {
    let refused = |settings| refusal::<NumericAttribute>(settings).unwrap();
    assert!(refused(r#"{"key": "n"}"#).contains("neither min_value nor max_value"));
    assert!(refused(r#"{"key": "n", "min_value": 5, "max_value": 3}"#).starts_with("min_value 5: must not"));
    assert!(refused(r#"{"key": "", "min_value": 5}"#).starts_with("key is empty"));
    assert!(refused(r#"{"min_value": 5}"#).contains("missing field `key`"));
}

/// Spans in any order get the same vote.
#[test]
fn order_does_not_matter() {
    let requests = (0i64..6, 0i64..6).prop_map(|(one, other)| {
        Request::new().resource(resource(Resource::new().attribute("n", one), [span().attribute("n", other)]))
    });
    let settings = r#"{"key": "n", "min_value": 5}"#;
    order_never_matters::<NumericAttribute>(settings, vec(requests, 1..5)).unwrap();
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<NumericAttribute>(include_str!(
        "../../../docs/policies/numeric_attribute.md"
    ))
    .unwrap();
}
