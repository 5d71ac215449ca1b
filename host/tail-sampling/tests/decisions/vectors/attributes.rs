//! `string_attribute`, `numeric_attribute` and `boolean_attribute` (the Collector's TestStringAttributeFilter,
//! TestNumericTagFilter, TestBooleanTagFilter and kin).

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};

use crate::harness::refusal;
use crate::spans::{SpanExt, attribute, resource, span, spans, string};
use crate::table::{N, S, Trace, check, one};

fn text(value: &str) -> Span {
    span().with("key", string(value))
}

fn number(value: i64) -> Span {
    span().with("key", Value::IntValue(value))
}

/// A trace with an attribute on its resource alone.
fn on_resource(value: Value) -> ResourceSpans {
    let attributes = vec![attribute("key", value)];
    ResourceSpans {
        resource: Some(Resource { attributes, ..Resource::default() }),
        ..resource("shop", [span()])
    }
}

/// Guarantees: V44: patterns are looked for anywhere in a text; an exact text is compared.
#[test]
fn texts_are_compared_or_searched() {
    let pattern = "type: string_attribute, string_attribute: {key: key, values: ['v[0-9]+.HealthCheck$'], \
                   enabled_regex_matching: true, cache_max_size: 10}";
    let other = "type: string_attribute, string_attribute: {key: key, values: ['v[a-z]+.HealthCheck$'], \
                 enabled_regex_matching: true}";
    let exact = "type: string_attribute, string_attribute: {key: key, values: [value, other]}";
    let health = || vec![text("grpc.health.v1.HealthCheck")];
    check([
        ("V44", pattern, vec![health()], vec![S]),
        ("V44, no match", other, vec![health()], vec![N]),
        ("exact", exact, vec![vec![text("value")], vec![text("values")], vec![span()]], vec![S, N, N]),
    ]);
}

/// Guarantees: V44: without values there is nothing that could match, which is told before it is tried.
#[test]
fn no_values_are_refused_or_match_nothing() {
    let block = one("type: string_attribute, string_attribute: {key: key, values: []}");
    match crate::harness::block(&block) {
        Ok(_) => assert_eq!(crate::table::decide(&block, vec![text("value").into()]), [N]),
        Err(why) => assert!(why.contains("values"), "{why}"),
    }
}

/// Guarantees: V45: inverted, a trace is kept that has none of the texts anywhere, the key or not.
#[test]
fn inverted_texts_must_be_nowhere() {
    let inverted =
        "type: string_attribute, string_attribute: {key: key, values: [value], invert_match: true}";
    let traces: Vec<Trace> = vec![
        text("value").into(),
        text("other").into(),
        span().into(),
        vec![text("other"), text("value")].into(),
        on_resource(string("value")).into(),
        on_resource(string("other")).into(),
    ];
    check([("V45", inverted, traces, vec![N, S, S, N, N, S])]);
}

/// Guarantees: V46: ranges include their bounds, which may be any number but zero, which is none; resources count.
#[test]
fn numbers_are_in_a_range() {
    let from = "type: numeric_attribute, numeric_attribute: {key: key, min_value: 400}";
    let to = "type: numeric_attribute, numeric_attribute: {key: key, max_value: 100}";
    let negative = "type: numeric_attribute, numeric_attribute: {key: key, min_value: -100}";
    let widest = "type: numeric_attribute, numeric_attribute: {key: key, min_value: -2147483648, max_value: 2147483647}";
    let not_zero = "type: numeric_attribute, numeric_attribute: {key: key, min_value: 0, max_value: 5}";
    let numbers = |values: &[i64]| values.iter().map(|value| number(*value).into()).collect::<Vec<Trace>>();
    let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
    check([
        ("V46, least", from, numbers(&[500, 400, 399, 300]), vec![S, S, N, N]),
        ("V46, most", to, numbers(&[200, 101, 100]), vec![N, N, S]),
        ("V46, negative", negative, numbers(&[50, -100, -101]), vec![S, S, N]),
        ("V46, bounds", widest, numbers(&[least, most, least - 1, most + 1]), vec![S, S, N, N]),
        ("zero is unset", not_zero, numbers(&[-1, 6]), vec![S, N]),
        ("on a resource", from, vec![on_resource(Value::IntValue(500)).into()], vec![S]),
    ]);
    // The Collector's Test_numericAttributeCases: zero is unset here, too.
    let why = refusal(&one("type: numeric_attribute, numeric_attribute: {key: key, min_value: 0}"));
    assert!(why.contains("min_value"), "{why}");
}

/// Guarantees: V47: a truth value is compared; one that is not there is neither.
#[test]
fn truth_values_are_compared() {
    let is_true = "type: boolean_attribute, boolean_attribute: {key: key, value: true}";
    let is_false = "type: boolean_attribute, boolean_attribute: {key: key, value: false}";
    let traces = || {
        vec![
            vec![span().with("key", Value::BoolValue(true))],
            vec![span().with("key", Value::BoolValue(false))],
            vec![span()],
        ]
    };
    check([("V47", is_true, traces(), vec![S, N, N]), ("V47, false", is_false, traces(), vec![N, S, N])]);
}

/// Guarantees: values of another type do what they do in the Collector: they read as zero, as false, as an empty text.
#[test]
fn values_of_other_types_are_read_as_nothing() {
    let values = || {
        let values = [
            string("500"),
            Value::IntValue(500),
            Value::DoubleValue(500.0),
            Value::BoolValue(true),
            Value::BytesValue(vec![5]),
            Value::ArrayValue(Default::default()),
            Value::KvlistValue(Default::default()),
        ];
        values.map(|value| vec![span().with("key", value)]).into_iter().chain([spans(1)]).collect::<Vec<_>>()
    };
    check([
        (
            "numbers",
            "type: numeric_attribute, numeric_attribute: {key: key, min_value: -1, max_value: 1}",
            values(),
            vec![S, N, S, S, S, S, S, N],
        ),
        (
            "truth values",
            "type: boolean_attribute, boolean_attribute: {key: key, value: false}",
            values(),
            vec![S, S, S, N, S, S, S, N],
        ),
        (
            "texts",
            "type: string_attribute, string_attribute: {key: key, values: ['500', '']}",
            values(),
            vec![S, N, N, N, N, N, N, N],
        ),
    ]);
}
