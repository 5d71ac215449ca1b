//! What is taken for a plugin, and what is refused, in words.

use std::time::Duration;

use serde_json::json;
use sluice_otlp::Signal;
use sluice_plugin::{HostSettings, Limits, LoadFault, OnError, PluginHost, PluginMetrics, Source};

use crate::fixture::{self, Fixture, built_in, patient, put};
use crate::requests::spans;

/// A component that does nothing but import an instance of that name.
fn component_importing(name: &str) -> Vec<u8> {
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    // One type: an instance without exports.
    component.extend_from_slice(&[7, 3, 1, 0x42, 0]);
    let mut import = vec![1, 0, u8::try_from(name.len()).unwrap()];
    import.extend_from_slice(name.as_bytes());
    import.extend_from_slice(&[5, 0]);
    component.extend_from_slice(&[10, u8::try_from(import.len()).unwrap()]);
    component.extend_from_slice(&import);
    component
}

fn fault(bytes: &[u8]) -> String {
    let limits = Limits { max_file_bytes: 1 << 20, ..patient() };
    let fixture = Fixture::with(fixture::settings(limits), |directory| put(directory, "broken", bytes));
    let status = fixture.status("broken").unwrap();
    assert!(status.loaded.is_none());
    let asked = fixture.try_key("broken", Signal::Traces, json!({}), OnError::Fallback).unwrap_err();
    assert_eq!(status.last_error, Some(asked.fault.to_string()));
    asked.to_string()
}

/// Guarantees: what is no plugin is refused, and told how to become one.
#[test]
fn what_is_no_plugin_is_refused_in_words() {
    assert!(fault(b"#!/bin/sh").contains("not WebAssembly"));
    assert!(fault(b"").contains("not WebAssembly"));
    assert!(fault(b"\0asm\x01\0\0\0").contains("without component-type metadata"));
    assert!(fault(b"\0asm\x01\0\0\0 component-type").contains("cannot be wrapped"));
    assert!(fault(b"\0asm\x0d\0\x01\0 and then nonsense").contains("does not compile"));
    assert!(fault(b"\0asm\x0d\0\x01\0").contains("exports no `describe`"));
}

/// Guarantees: an import that plugins do not get is named, with what to do.
#[test]
fn foreign_imports_are_refused_in_words() {
    let wasi = fault(&component_importing("wasi:cli/environment@0.2.6"));
    assert!(
        wasi.contains("imports wasi:cli/environment@0.2.6") && wasi.contains("wasm32-unknown-unknown"),
        "{wasi}"
    );
    let newer = fault(&component_importing("sluice:plugin/log@0.2.0"));
    assert!(
        newer.contains("imports sluice:plugin/log@0.2.0") && newer.contains("0.1.0 that this sluice serves"),
        "{newer}"
    );
    assert!(fault(&component_importing("acme:secrets/vault@1.0.0")).contains("plugins get nothing but"));
}

/// Guarantees: every byte string is refused or loaded, and none takes the process down.
#[test]
fn damaged_plugins_do_no_harm() {
    let good = built_in("traceID");
    for seed in 0..40 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut bad = good.clone();
        for _ in 0..20 {
            let at = random.usize(8..bad.len());
            bad[at] = random.u8(..);
        }
        bad.truncate(random.usize(8..=good.len() * 2).min(good.len()));
        let fixture =
            Fixture::with(fixture::settings(patient()), |directory| put(directory, "damaged", &bad));
        if let Ok(key) = fixture.try_key("damaged", Signal::Traces, json!({}), OnError::Fallback) {
            assert_eq!(key.keys(&spans(10, &[]), 1).of_leaf.len(), 10);
        }
    }
}

/// Guarantees: a name that nobody has is refused with those that there are.
#[test]
fn unknown_names_are_refused_with_the_known() {
    let fixture = Fixture::new(patient(), &["tenant"]);
    let fault =
        fixture.try_key("tenat", Signal::Traces, json!({}), OnError::Fallback).unwrap_err().to_string();
    assert!(fault.contains("`tenat`"), "{fault}");
    assert!(
        ["service", "streamID", "tenant", "traceID", "latency"].iter().all(|name| fault.contains(name)),
        "{fault}"
    );
}

/// Guarantees: a signal that a key does not serve, and settings that it does not have, are refused in its words.
#[test]
fn settings_are_the_plugins_business() {
    let fixture = Fixture::new(patient(), &["tenant"]);
    let fault = |name, signal, settings| {
        fixture.try_key(name, signal, settings, OnError::Fallback).unwrap_err().fault
    };
    assert!(matches!(
        fault("traceID", Signal::Metrics, json!({})),
        LoadFault::Refused { signal: Signal::Metrics, .. }
    ));
    let misspelt = fault("tenant", Signal::Traces, json!({ "haeder": "x" }));
    assert!(misspelt.to_string().contains("haeder"), "{misspelt}");
}

/// Guarantees: all that there is to know of a plugin is told, also of those not asked for.
#[test]
fn plugins_are_listed() {
    let fixture = Fixture::new(patient(), &["tenant"]);
    let names: Vec<_> = fixture.host.plugins().into_iter().map(|plugin| plugin.name).collect();
    assert!(names.is_sorted());
    let known = ["always_sample", "latency", "service", "streamID", "string_attribute", "tenant", "traceID"];
    assert!(known.iter().all(|name| names.iter().any(|listed| listed == name)), "{names:?}");
    assert!(fixture.status("traceID").unwrap().loaded.is_none());

    let _key = fixture.key("traceID", Signal::Traces);
    let embedded = fixture.status("traceID").unwrap().loaded.unwrap();
    assert_eq!((embedded.source, embedded.epoch, embedded.contract), (Source::Embedded, 1, "0.1.0"));
    assert!(!embedded.version.is_empty() && !embedded.summary.is_empty());
    assert_eq!(embedded.hash, blake3::hash(&built_in("traceID")));
    let tenant = fixture.status("tenant").unwrap().loaded.unwrap();
    assert_eq!(tenant.source, Source::File(fixture.directory.join("tenant.wasm")));
    assert_eq!(fixture.metric("sluice_plugin_epoch{plugin=\"tenant\"}"), 1);
}

/// Guarantees: a file of a built-in's name takes its place.
#[test]
fn a_file_replaces_a_built_in() {
    let fixture = Fixture::with(fixture::settings(patient()), |directory| {
        put(directory, "service", &built_in("traceID"));
    });
    let key = fixture.key("service", Signal::Traces);
    let keys = key.keys(&spans(1, &[]), 1);
    assert_eq!(keys.key(0), Some(crate::requests::trace_id(0).as_slice()));
    let loaded = fixture.status("service").unwrap().loaded.unwrap();
    assert_eq!(loaded.source, Source::File(fixture.directory.join("service.wasm")));
}

/// Guarantees: a directory that is not there is an error at the start, which names it.
#[test]
fn a_missing_directory_is_an_error() {
    let settings = HostSettings { directories: vec!["no/such/directory".into()], ..HostSettings::default() };
    let metrics = PluginMetrics::register(&mut prometheus_client::registry::Registry::default());
    let fault = PluginHost::start(settings, metrics).unwrap_err();
    assert!(fault.to_string().contains("no/such/directory"), "{fault}");
}

/// Guarantees: routing keys outlive the host, with their deadlines.
#[test]
fn keys_outlive_the_host() {
    let limits = Limits { deadline: Duration::from_millis(200), ..Limits::default() };
    let fixture = Fixture::new(limits, &["hostile"]);
    let settings = json!({ "behaviour": "loop", "when": "poisoned" });
    let key = fixture.try_key("hostile", Signal::Traces, settings, OnError::Reject).unwrap();
    drop(fixture);
    assert_eq!(key.keys(&spans(1, &[0]), 1).rejected, 1);
}
