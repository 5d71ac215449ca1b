//! The keys of `traceID`, through the public surface of the plugin.

#![cfg(test)]

use sluice_key_vectors::vectors;
use sluice_sdk::Signal;
use sluice_sdk::testing::{Harness, Key, LogRecord, Request, Resource, Scope, Span};
use sluice_trace_id::TraceId;

fn keys(signal: Signal, scope: Scope) -> Vec<Key> {
    let harness = Harness::new::<TraceId>(signal, "{}").unwrap();
    harness.keys(&[Request::new().resource(Resource::new().scope(scope))]).unwrap()
}

/// Every vector that the Collector printed for this key comes out the same.
#[test]
fn keys_are_those_of_the_collector() {
    for signal in [Signal::Traces, Signal::Logs] {
        let vectors = vectors("traceID", signal).unwrap();
        assert!(!vectors.is_empty());
        for vector in vectors {
            let harness = Harness::new::<TraceId>(signal, "{}").unwrap();
            let keys = harness.keys(&[vector.request]).unwrap();
            assert_eq!(keys, [vector.key.unwrap()], "{}", vector.note);
        }
    }
}

/// A span's key is its trace id, in order; an empty id is 16 zero bytes like any other.
#[test]
fn spans_are_keyed_by_the_id_itself() {
    let scope = Scope::new("").span(Span::new([7; 16])).span(Span::new([0; 16])).span(Span::new([8; 16]));
    assert_eq!(keys(Signal::Traces, scope), [[7; 16], [0; 16], [8; 16]]);
}

/// A log record's key is the id's text; one without an id, or with one of zeros, goes anywhere.
#[test]
fn log_records_without_an_id_spread() {
    let scope = Scope::new("")
        .log_record(LogRecord::new())
        .log_record(LogRecord::new().trace_id([0xab; 16]))
        .log_record(LogRecord::new().trace_id([0; 16]));
    let text = Key::Bytes("ab".repeat(16).into_bytes());
    assert_eq!(keys(Signal::Logs, scope), [Key::Spread, text, Key::Spread]);
}

/// Metrics have no trace ids; the error names the keys that they have.
#[test]
fn metrics_are_refused_with_a_hint() {
    let error = Harness::new::<TraceId>(Signal::Metrics, "{}").unwrap_err();
    assert!(error.contains("service") && error.contains("streamID"), "{error}");
}

/// A setting that does not exist is refused by name.
#[test]
fn unknown_settings_are_refused() {
    let error = Harness::new::<TraceId>(Signal::Traces, r#"{"hash": "crc"}"#).unwrap_err();
    assert!(error.contains("unknown field `hash`"), "{error}");
}
