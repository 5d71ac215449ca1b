//! The votes of `boolean_attribute`, through the public surface of the plugin.

#![cfg(test)]

use proptest::collection::vec;
use proptest::strategy::Strategy;
use sluice_boolean_attribute::BooleanAttribute;
use sluice_policy_tests::{order_never_matters, refusal, request, resource, span, vote};
use sluice_sdk::policy::Vote::{self, NotSampled, Sampled};
use sluice_sdk::testing::{Request, Resource, Value};

fn of(settings: &str, value: impl Into<Value>) -> Vote {
    vote::<BooleanAttribute>(settings, [span(), span().attribute("b", value)]).unwrap()
}

/// The value counts, and one that is not there is none (V47).
#[test]
fn the_value_counts() {
    let settings = r#"{"key": "b", "value": true}"#;
    assert_eq!([of(settings, true), of(settings, false)], [Sampled, NotSampled]);
    assert_eq!(vote::<BooleanAttribute>(settings, [span()]), Ok(NotSampled));
}

/// A value of another type reads as false, which is also what is looked for by default.
#[test]
fn other_types_read_as_false() {
    assert_eq!(of(r#"{"key": "b"}"#, "true"), Sampled);
    assert_eq!(of(r#"{"key": "b", "value": true}"#, "true"), NotSampled);
}

/// Inverted, a trace is kept where nothing matches.
#[test]
fn inverted_nothing_may_match() {
    let settings = r#"{"key": "b", "value": true, "invert_match": true}"#;
    assert_eq!([of(settings, true), of(settings, false)], [NotSampled, Sampled]);
    assert_eq!(vote::<BooleanAttribute>(settings, [span()]), Ok(Sampled));
}

/// A missing or empty key is refused: the block of another policy leaves it so.
#[test]
fn wrong_settings_are_refused() {
    assert!(refusal::<BooleanAttribute>("{}").unwrap().contains("missing field `key`"));
    assert!(refusal::<BooleanAttribute>(r#"{"key": ""}"#).unwrap().starts_with("key is empty"));
    let error = refusal::<BooleanAttribute>(r#"{"key": "b", "value": "yes"}"#).unwrap();
    assert_eq!(error, "value: invalid type: string \"yes\", expected a boolean");
}

/// Spans in any order get the same vote, and resources count like spans.
#[test]
fn order_does_not_matter() {
    let requests = (0u8..4, 0u8..4).prop_map(|(one, other)| {
        let with = Resource::new().attribute("b", one == 0);
        Request::new().resource(resource(with, [span().attribute("b", other == 0)]))
    });
    order_never_matters::<BooleanAttribute>(r#"{"key": "b", "value": true}"#, vec(requests, 1..4)).unwrap();
    let of_resource = Request::new().resource(resource(Resource::new().attribute("b", true), [span()]));
    let settings = r#"{"key": "b", "value": true}"#;
    let found = sluice_policy_tests::explain::<BooleanAttribute>(settings, &[of_resource, request([span()])]);
    assert_eq!(found.unwrap(), (Sampled, "b is true".to_owned()));
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<BooleanAttribute>(include_str!(
        "../../../docs/policies/boolean_attribute.md"
    ))
    .unwrap();
}
