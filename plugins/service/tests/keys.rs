//! The keys of `service`, through the public surface of the plugin.

#![cfg(test)]

use sluice_key_vectors::vectors;
use sluice_sdk::Signal;
use sluice_sdk::testing::{Harness, Key, LogRecord, Metric, Point, Request, Resource, Scope, Span, Value};
use sluice_service::Service;

fn keys(signal: Signal, request: Request) -> Vec<Key> {
    Harness::new::<Service>(signal, "{}").unwrap().keys(&[request]).unwrap()
}

fn span(trace: u8) -> Span {
    Span::new([trace; 16])
}

/// Every vector that the Collector printed for this key comes out the same.
#[test]
fn keys_are_those_of_the_collector() {
    for signal in [Signal::Traces, Signal::Logs, Signal::Metrics] {
        let vectors = vectors("service", signal).unwrap();
        assert!(!vectors.is_empty());
        for vector in vectors {
            let expected = vector.key.unwrap_or(Key::Rejected);
            assert_eq!(keys(signal, vector.request), [expected], "{signal:?}: {}", vector.note);
        }
    }
}

/// A resource's name counts for all its spans, whatever scopes and spans say.
#[test]
fn the_resource_comes_first() {
    let scope =
        Scope::new("").attribute("service.name", "scope").span(span(1).attribute("service.name", "span"));
    let request = Request::new().resource(Resource::new().attribute("service.name", "resource").scope(scope));
    assert_eq!(keys(Signal::Traces, request), ["service.name=resource|"]);
}

/// Names are taken as they were sent, in every signal, UTF-8 or not.
#[test]
fn names_need_not_be_utf8() {
    let name = Value::Text(vec![0xff, b'a']);
    let spans = Resource::new().attribute("service.name", name.clone()).scope(Scope::new("").span(span(1)));
    assert_eq!(keys(Signal::Traces, Request::new().resource(spans)), [*b"service.name=\xffa|"]);
    let records =
        Resource::new().attribute("service.name", name).scope(Scope::new("").log_record(LogRecord::new()));
    assert_eq!(keys(Signal::Logs, Request::new().resource(records)), [*b"\xffa"]);
}

/// An attribute without a value is there, so that nothing below it is looked at.
#[test]
fn an_empty_value_is_a_hit() {
    let scope = Scope::new("").span(span(1).attribute("service.name", "span"));
    let request =
        Request::new().resource(Resource::new().attribute("service.name", Value::Empty).scope(scope));
    assert_eq!(keys(Signal::Traces, request), ["service.name=|"]);
}

/// Without a resource's or scope's name, the first span of each trace in a scope names all of them.
#[test]
fn the_first_span_of_a_trace_speaks_for_the_others() {
    let first = Scope::new("a")
        .span(span(1).attribute("service.name", "one"))
        .span(span(2))
        .span(span(1).attribute("service.name", "ignored"))
        .span(span(2).attribute("service.name", "ignored"));
    let second = Scope::new("b").span(span(1).attribute("service.name", "other"));
    let third = Scope::new("c").attribute("service.name", "scope").span(span(1));
    let request = Request::new().resource(Resource::new().scope(first).scope(second).scope(third));
    let expected = ["one", "", "one", "", "other", "scope"].map(|service| format!("service.name={service}|"));
    assert_eq!(keys(Signal::Traces, request), expected.map(|key| Key::Bytes(key.into_bytes())));
}

/// Only resources without a name are looked at more closely; the others keep their key.
#[test]
fn resources_with_and_without_a_name_mix() {
    let named = Resource::new().attribute("service.name", "named").scope(Scope::new("").span(span(1)));
    let nameless = Resource::new().scope(Scope::new("").span(span(1).attribute("service.name", "span")));
    let request = Request::new().resource(nameless.clone()).resource(named).resource(nameless);
    let expected = ["service.name=span|", "service.name=named|", "service.name=span|"];
    assert_eq!(keys(Signal::Traces, request), expected);
}

/// Log records of a nameless or oddly named service go to one fixed backend.
#[test]
fn log_records_without_a_name_have_the_empty_key() {
    let scope = Scope::new("").log_record(LogRecord::new()).log_record(LogRecord::new());
    let nameless = Resource::new().scope(scope.clone());
    let odd = Resource::new().attribute("service.name", true).scope(scope);
    assert_eq!(keys(Signal::Logs, Request::new().resource(nameless).resource(odd)), ["", "", "", ""]);
}

/// Points of a nameless service are rejected one by one; an odd name is empty, but a name.
#[test]
fn metrics_without_a_name_are_rejected() {
    let scope = Scope::new("").metric(Metric::new("m").point(Point::new()).point(Point::new()));
    let nameless = Resource::new().scope(scope.clone());
    let odd = Resource::new().attribute("service.name", 7).scope(scope.clone());
    let named = Resource::new().attribute("service.name", "shop").scope(scope);
    let request = Request::new().resource(nameless).resource(odd).resource(named);
    let text = |text: &str| Key::Bytes(text.as_bytes().to_vec());
    let expected = [Key::Rejected, Key::Rejected, text(""), text(""), text("shop"), text("shop")];
    assert_eq!(keys(Signal::Metrics, request), expected);
}
