//! The votes of `string_attribute`, through the public surface of the plugin.

#![cfg(test)]

use proptest::collection::vec;
use proptest::strategy::Strategy;
use sluice_policy_tests::{explain, order_never_matters, refusal, request, resource, span, vote};
use sluice_sdk::policy::Vote::{self, NotSampled, Sampled};
use sluice_sdk::testing::{Request, Resource, Value};
use sluice_string_attribute::StringAttribute;

fn of(settings: &str, value: impl Into<Value>) -> Vote {
    vote::<StringAttribute>(settings, [span(), span().attribute("s", value)]).unwrap()
}

/// One of the texts, as it is, is enough; no text at all never matches (V44).
#[test]
fn one_of_the_texts_is_enough() {
    let settings = r#"{"key": "s", "values": ["a", "b"]}"#;
    assert_eq!(
        ["a", "b", "ab", "A", ""].map(|text| of(settings, text)),
        [Sampled, Sampled, NotSampled, NotSampled, NotSampled]
    );
    assert_eq!(of(r#"{"key": "s"}"#, "a"), NotSampled);
    assert_eq!(vote::<StringAttribute>(settings, [span()]), Ok(NotSampled));
}

/// Patterns are found anywhere in a text (V44).
#[test]
fn patterns_are_not_anchored() {
    let pattern =
        |pattern| format!(r#"{{"key": "s", "values": ["{pattern}"], "enabled_regex_matching": true}}"#);
    let check = "grpc.health.v1.HealthCheck";
    assert_eq!(of(&pattern("v[0-9]+.HealthCheck$"), check), Sampled);
    assert_eq!(of(&pattern("v[a-z]+.HealthCheck$"), check), NotSampled);
    assert_eq!(of(&pattern("health"), check), Sampled);
    assert_eq!(of(&pattern("^health"), check), NotSampled);
    let none = r#"{"key": "s", "values": [], "enabled_regex_matching": true}"#;
    assert_eq!(of(none, check), NotSampled);
}

/// An empty text is looked at in resources alone, as in the Collector.
#[test]
fn empty_texts_match_patterns_in_resources() {
    let settings = r#"{"key": "s", "values": ["^$"], "enabled_regex_matching": true}"#;
    assert_eq!(of(settings, ""), NotSampled);
    assert_eq!(of(settings, 5), NotSampled);
    let requests = [Request::new().resource(resource(Resource::new().attribute("s", 5), [span()]))];
    assert_eq!(explain::<StringAttribute>(settings, &requests).unwrap().0, Sampled);
}

/// Inverted, a trace is kept where nothing matches, also where the key is nowhere (V45).
#[test]
fn inverted_nothing_may_match() {
    let settings = r#"{"key": "s", "values": ["a"], "invert_match": true}"#;
    assert_eq!([of(settings, "a"), of(settings, "b")], [NotSampled, Sampled]);
    assert_eq!(vote::<StringAttribute>(settings, [span()]), Ok(Sampled));
}

/// Bytes that are no text are compared as they are, and shown as far as they go.
#[test]
fn texts_need_not_be_utf8() {
    let bytes = Value::Text(b"caf\xe9".to_vec());
    let settings = r#"{"key": "s", "values": ["^caf"], "enabled_regex_matching": true}"#;
    let requests = [request([span().attribute("s", bytes)])];
    let (vote, reason) = explain::<StringAttribute>(settings, &requests).unwrap();
    assert_eq!((vote, reason.as_str()), (Sampled, "s is caf\u{fffd}"));
}

/// Long values are cut in reasons, not refused.
#[test]
fn reasons_are_cut() {
    let settings = r#"{"key": "s", "values": ["a"], "enabled_regex_matching": true}"#;
    let requests = [request([span().attribute("s", "a".repeat(10_000))])];
    assert_eq!(explain::<StringAttribute>(settings, &requests).unwrap().1.len(), 256);
}

/// Bad patterns are named, with what is wrong.
#[test]
fn wrong_settings_are_refused() {
    let error =
        refusal::<StringAttribute>(r#"{"key": "s", "values": ["a(b"], "enabled_regex_matching": true}"#)
            .unwrap();
    assert_eq!(error, "values: `a(b` is no pattern: unclosed group");
    assert!(refusal::<StringAttribute>(r#"{"key": ""}"#).unwrap().starts_with("key is empty"));
    let error = refusal::<StringAttribute>(r#"{"key": "s", "values": ["a", 5]}"#).unwrap();
    assert_eq!(error, "values[1]: invalid type: integer `5`, expected a string");
}

/// Spans in any order get the same vote, however few values are remembered.
#[test]
fn order_does_not_matter() {
    let requests = ("[abc]{0,2}", "[abc]{0,2}").prop_map(|(one, other)| {
        let with = Resource::new().attribute("s", one);
        Request::new().resource(resource(with, [span().attribute("s", other)]))
    });
    let settings =
        r#"{"key": "s", "values": ["ab", "^c$"], "enabled_regex_matching": true, "cache_max_size": 1}"#;
    order_never_matters::<StringAttribute>(settings, vec(requests, 1..6)).unwrap();
}

/// The page's example is taken, and its table has the keys that there are.
#[test]
fn the_page_is_right() {
    sluice_policy_tests::check_page::<StringAttribute>(include_str!(
        "../../../docs/policies/string_attribute.md"
    ))
    .unwrap();
}
