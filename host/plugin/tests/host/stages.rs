//! From rows to keys for leaves: stages, what is missing, large requests.

use std::sync::Arc;

use http::HeaderMap;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::trace::v1::Span;
use sluice_otlp::{RequestMetadata, Signal};
use sluice_plugin::{Keys, Limits};

use crate::fixture::{Fixture, patient};
use crate::requests::{
    self, gauges, logs, resource, resource_spans, service, span, spans, text, trace_id, traces,
};

fn texts(keys: &Keys) -> Vec<Option<String>> {
    let text = |leaf| keys.key(leaf).map(|key| String::from_utf8(key.to_vec()).unwrap());
    (0..keys.of_leaf.len()).map(text).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|&text| Some(text.to_owned())).collect()
}

/// Guarantees: a resource's key is all its spans' key; those of a resource without are looked up further down.
#[test]
fn rows_without_keys_are_asked_again_further_down() {
    let fixture = Fixture::new(patient(), &[]);
    let key = fixture.key("service", Signal::Traces);
    let named = |number, name: &str| Span { attributes: vec![text("service.name", name)], ..span(number) };
    let payload = traces(vec![
        resource_spans(service("a"), vec![span(1), span(2)]),
        resource_spans(None, vec![named(3, "first"), span(4), named(3, "not the first")]),
        resource_spans(service("b"), vec![span(5)]),
    ]);
    let expected = ["a", "a", "first", "", "first", "b"].map(|name| format!("service.name={name}|"));
    assert_eq!(texts(&key.keys(&payload, 1)), some(&expected.each_ref().map(String::as_str)));
    assert_eq!(
        fixture.metric("sluice_plugin_calls_total{plugin=\"service\"}"),
        2 + 2,
        "two in the self-check"
    );
}

/// Guarantees: data points that the Collector drops are rejected, with their exact number.
#[test]
fn missing_keys_can_reject() {
    let fixture = Fixture::new(patient(), &[]);
    let key = fixture.key("service", Signal::Metrics);
    let keys = key.keys(&gauges(vec![(service("a"), 2), (None, 3), (service("b"), 1)]), 1);
    assert_eq!(texts(&keys)[..2], some(&["a", "a"]));
    assert_eq!(keys.of_leaf[2..5], [Keys::REJECTED; 3]);
    assert_eq!(texts(&keys)[5..], some(&["b"]));
    assert_eq!(keys.rejected, 3);
    assert_eq!(keys.rejection, "routing key `service` has no key for 3 data points");
    assert_eq!(fixture.metric("sluice_plugin_rejected_items_total{plugin=\"service\",reason=\"no_key\"}"), 3);
}

/// Guarantees: log records without a trace id are spread, those with one meet.
#[test]
fn missing_keys_can_be_spread() {
    let fixture = Fixture::new(patient(), &[]);
    let key = fixture.key("traceID", Signal::Logs);
    let with_id = LogRecord { trace_id: trace_id(1).to_vec(), ..LogRecord::default() };
    let mut records = vec![LogRecord::default(); 50];
    records.extend([with_id.clone(), with_id]);
    let keys = key.keys(&logs(service("a"), records), 1);
    assert_eq!((keys.rejected, keys.rejection.as_str()), (0, ""));
    let drawn: std::collections::BTreeSet<_> = (0..50).map(|leaf| keys.key(leaf).unwrap().to_vec()).collect();
    assert_eq!(drawn.len(), 50);
    assert_eq!(keys.key(50), keys.key(51));
}

/// Guarantees: where the plan says so the empty key is the key.
#[test]
fn missing_keys_can_be_empty() {
    let fixture = Fixture::new(patient(), &["tenant"]);
    let key = fixture.key("tenant", Signal::Logs);
    let keys = key.keys(&logs(None, vec![LogRecord::default(); 2]), 1);
    assert_eq!(texts(&keys), some(&["", ""]));
}

/// Guarantees: a user's plugin sees headers, of the request that each resource came with.
#[test]
fn headers_reach_the_plugin() {
    let fixture = Fixture::new(patient(), &["tenant"]);
    let key = fixture.key("tenant", Signal::Traces);
    let mut payload = traces(vec![
        resource_spans(resource(vec![text("tenant.id", "of the resource")]), vec![span(1)]),
        resource_spans(resource(vec![text("tenant.id", "overruled")]), vec![span(2)]),
    ]);
    let headers = HeaderMap::from_iter([("x-tenant".parse().unwrap(), "of the header".parse().unwrap())]);
    let with = RequestMetadata { headers: Arc::new(headers), resources: 1, ..RequestMetadata::default() };
    let without = RequestMetadata { resources: 1, ..RequestMetadata::default() };
    payload.metadata = Arc::new([without, with]);
    assert_eq!(texts(&key.keys(&payload, 1)), some(&["of the resource", "of the header"]));
}

/// Guarantees: a request larger than a call may be gets the keys that it would get in one.
#[test]
fn large_requests_take_several_calls() {
    let bounds = [
        Limits { max_rows: 7, ..patient() },
        Limits { max_bytes: 300, ..patient() },
        Limits { max_rows: 1, ..patient() },
    ];
    for limits in bounds {
        let fixture = Fixture::new(limits.clone(), &[]);
        let key = fixture.key("traceID", Signal::Traces);
        let calls = fixture.metric("sluice_plugin_calls_total{plugin=\"traceID\"}");
        let keys = key.keys(&spans(100, &[]), 1);
        assert!((0..100).all(|leaf| keys.key(leaf) == Some(trace_id(leaf).as_slice())), "{limits:?}");
        assert!(fixture.metric("sluice_plugin_calls_total{plugin=\"traceID\"}") - calls > 5, "{limits:?}");
        assert_eq!(fixture.metric("sluice_plugin_fallback_items_total{plugin=\"traceID\"}"), 0);
    }
}

/// Guarantees: spans of a trace that lie apart are not parted by the size of a call: the first still
/// speaks for all.
#[test]
fn groups_stay_whole_in_large_requests() {
    let fixture = Fixture::new(Limits { max_rows: 3, ..patient() }, &[]);
    let key = fixture.key("service", Signal::Traces);
    let named =
        |number| Span { attributes: vec![text("service.name", &format!("{number}"))], ..span(number) };
    let spans: Vec<_> = (0..20).map(named).chain((0..20).map(span)).collect();
    let keys = key.keys(&traces(vec![resource_spans(None, spans)]), 1);
    let expected: Vec<_> = (0..40).map(|leaf| Some(format!("service.name={}|", leaf % 20))).collect();
    assert_eq!(texts(&keys), expected);
}

/// Guarantees: a single row that is larger than a call may be is not shown to the plugin, but has an answer.
#[test]
fn a_row_that_is_too_large_falls_back() {
    let fixture = Fixture::new(Limits { max_bytes: 1000, ..patient() }, &[]);
    let key = fixture.key("service", Signal::Logs);
    let large = service(&"x".repeat(2000));
    let encoded = prost::Message::encode_to_vec(large.as_ref().unwrap());
    let keys = key.keys(&logs(large, vec![LogRecord::default()]), 1);
    assert_eq!(keys.key(0), Some(encoded.as_slice()));
    assert_eq!(fixture.errors("service", "too_large"), 1);
}

/// Guarantees: a request without items has an answer without items.
#[test]
fn nothing_has_no_keys() {
    let fixture = Fixture::new(patient(), &[]);
    let key = fixture.key("traceID", Signal::Traces);
    let calls = fixture.metric("sluice_plugin_calls_total{plugin=\"traceID\"}");
    let keys = key.keys(&requests::traces(Vec::new()), 1);
    assert!(keys.of_leaf.is_empty() && keys.rejected == 0);
    assert_eq!(fixture.metric("sluice_plugin_calls_total{plugin=\"traceID\"}"), calls);
}
