use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::trace::v1::ScopeSpans;
use prost::Message as _;

use super::*;

fn marked(header: &ScopeSpans, marks: Marks, settings: &SamplingSettings) -> ScopeSpans {
    let policies = [PolicyRule { name: "slow".to_owned(), rule: Rule::And(Vec::new()), is_shadow: false }];
    ScopeSpans::decode(&marks.scope(&header.encode_to_vec(), settings, &policies)[..]).expect("a scope")
}

fn header() -> ScopeSpans {
    let attributes = vec![KeyValue {
        key: "own".to_owned(),
        value: Some(AnyValue { value: Some(Any::IntValue(1)) }),
        ..KeyValue::default()
    }];
    let scope =
        InstrumentationScope { name: "http".to_owned(), attributes, ..InstrumentationScope::default() };
    ScopeSpans {
        scope: Some(scope),
        schema_url: "https://schema.example".to_owned(),
        ..ScopeSpans::default()
    }
}

fn attributes(scope: &ScopeSpans) -> Vec<(&str, &Any)> {
    let attributes = scope.scope.iter().flat_map(|scope| &scope.attributes);
    attributes.map(|pair| (&pair.key[..], pair.value.as_ref().unwrap().value.as_ref().unwrap())).collect()
}

/// Guarantees: marks come behind a scope's own attributes, and nothing else of it changes.
#[test]
fn marks_are_added_to_what_is_there() {
    let settings = SamplingSettings { record_policy: true, ..SamplingSettings::default() };
    let marks = Marks { policy: Some(0), is_late: true, ..Marks::default() };
    let scope = marked(&header(), marks, &settings);
    assert_eq!(
        attributes(&scope),
        [
            ("own", &Any::IntValue(1)),
            ("tailsampling.policy", &Any::StringValue("slow".to_owned())),
            ("tailsampling.cached_decision", &Any::BoolValue(true)),
        ]
    );
    assert_eq!(scope.schema_url, header().schema_url);
    assert_eq!(scope.scope.map(|scope| scope.name), Some("http".to_owned()));
}

/// Guarantees: what a trace lacked is said beside the policy, and only where the policy is.
#[test]
fn what_was_missing_is_marked() {
    let marks = Marks { policy: Some(0), incomplete: Some(Incomplete::NoRoot), ..Marks::default() };
    let settings = SamplingSettings { record_policy: true, ..SamplingSettings::default() };
    let scope = marked(&header(), marks, &settings);
    assert_eq!(
        attributes(&scope)[1..],
        [
            ("tailsampling.policy", &Any::StringValue("slow".to_owned())),
            ("tailsampling.incomplete", &Any::StringValue("no_root".to_owned())),
        ]
    );
    assert_eq!(marked(&header(), marks, &SamplingSettings::default()), header());
}

/// Guarantees: a scope that has nothing gets the marks; without anything to mark, or any wish for it, it stays as it is.
#[test]
fn without_a_scope_and_without_marks() {
    let dry_run = SamplingSettings { dry_run: true, ..SamplingSettings::default() };
    let marks = Marks { policy: Some(0), would_be: Some(Decision::Dropped), ..Marks::default() };
    let bare = marked(&ScopeSpans::default(), marks, &dry_run);
    let dropped = Any::StringValue("dropped".to_owned());
    assert_eq!(attributes(&bare), [("tailsampling.dry_run_decision", &dropped)]);
    let unmarked = Marks { policy: Some(0), ..Marks::default() };
    assert_eq!(marked(&header(), unmarked, &SamplingSettings::default()), header());
}
