//! Plugins that change while they are in use.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use sluice_otlp::Signal;
use sluice_plugin::{HostSettings, Limits, OnError, RoutingKey, Source};

use crate::fixture::{Fixture, built_in, patient, put, settings, test_plugin, wait_until};
use crate::requests::{resource, resource_spans, span, text, trace_id, traces};

/// No change is found by polling in a test that is about watching.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

fn watching(limits: Limits) -> HostSettings {
    HostSettings { poll_interval: NEVER, ..settings(limits) }
}

/// Two versions of a plugin that tell themselves apart by their keys: one routes by trace, the other by tenant.
fn by_trace() -> Vec<u8> {
    built_in("traceID")
}

fn by_tenant() -> Vec<u8> {
    test_plugin("tenant")
}

fn one_span() -> sluice_otlp::Payload {
    traces(vec![resource_spans(resource(vec![text("tenant.id", "acme")]), vec![span(1)])])
}

fn routes_by_trace(key: &RoutingKey) -> bool {
    key.keys(&one_span(), 1).key(0) == Some(trace_id(1).as_slice())
}

fn routes_by_tenant(key: &RoutingKey) -> bool {
    key.keys(&one_span(), 1).key(0) == Some(b"acme".as_slice())
}

fn reloads(fixture: &Fixture, outcome: &str) -> u64 {
    fixture.metric(&format!("sluice_plugin_reloads_total{{plugin=\"mine\",outcome=\"{outcome}\"}}"))
}

/// Guarantees: a new file is in use soon, without a word to anybody, under a new epoch.
#[test]
fn a_changed_file_is_picked_up() {
    let fixture = Fixture::with(watching(patient()), |directory| put(directory, "mine", &by_trace()));
    let key = fixture.key("mine", Signal::Traces);
    assert!(routes_by_trace(&key) && key.epoch() == 1);
    put(&fixture.directory, "mine", &by_tenant());
    wait_until("the new plugin is in use", || key.epoch() == 2);
    assert!(routes_by_tenant(&key));
    wait_until("the reload is counted", || reloads(&fixture, "success") == 1);
    let loaded = fixture.status("mine").unwrap().loaded.unwrap();
    assert_eq!((loaded.epoch, loaded.hash), (2, blake3::hash(&by_tenant())));
    assert_eq!(fixture.metric("sluice_plugin_epoch{plugin=\"mine\"}"), 2);
}

/// Guarantees: a file system that tells nothing is looked at all the same.
#[test]
fn polling_finds_what_watching_misses() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("plugins");
    fs::create_dir(&directory).unwrap();
    put(&directory, "mine", &by_trace());
    let poll_interval = Duration::from_millis(50);
    let settings =
        HostSettings { directories: vec![directory.clone()], poll_interval, ..settings(patient()) };
    let fixture = Fixture::with(settings, |_| {});
    let key = fixture.key("mine", Signal::Traces);
    // A directory that is made anew under the old path: nobody watches the new one yet.
    let new = root.path().join("new");
    fs::create_dir(&new).unwrap();
    put(&new, "mine", &by_tenant());
    fs::remove_dir_all(&directory).unwrap();
    fs::rename(&new, &directory).unwrap();
    wait_until("the new plugin is in use", || routes_by_tenant(&key));
}

/// Guarantees: a bad file changes nothing but what the status says; a good one after it is taken.
#[test]
fn a_bad_file_leaves_the_old_one_in_place() {
    let fixture = Fixture::with(watching(patient()), |directory| put(directory, "mine", &by_trace()));
    let key = fixture.key("mine", Signal::Traces);
    for bad in [b"nonsense".to_vec(), by_tenant()[..5000].to_vec()] {
        let failures = reloads(&fixture, "failure");
        put(&fixture.directory, "mine", &bad);
        wait_until("the failure is counted", || reloads(&fixture, "failure") == failures + 1);
        wait_until("the failure is told", || fixture.status("mine").unwrap().last_error.is_some());
        assert!(routes_by_trace(&key) && key.epoch() == 1);
        assert_eq!(fixture.status("mine").unwrap().loaded.unwrap().epoch, 1);
    }
    put(&fixture.directory, "mine", &by_tenant());
    wait_until("the good one is in use", || key.epoch() == 2);
    wait_until("the failure is forgotten", || fixture.status("mine").unwrap().last_error.is_none());
    assert!(routes_by_tenant(&key));
}

/// Guarantees: a plugin that does not take the settings in use, or the signal, is not put in place.
#[test]
fn settings_in_use_must_still_fit() {
    let fixture = Fixture::with(watching(patient()), |directory| put(directory, "mine", &by_tenant()));
    let traces = fixture.key("mine", Signal::Traces);
    let with_settings =
        fixture.try_key("mine", Signal::Logs, json!({ "header": "x-team" }), OnError::Reject).unwrap();
    put(&fixture.directory, "mine", &by_trace());
    wait_until("the failure is counted", || reloads(&fixture, "failure") == 1);
    assert_eq!((traces.epoch(), with_settings.epoch()), (1, 1));
    assert!(routes_by_tenant(&traces));
    let error = fixture.status("mine").unwrap().last_error.unwrap();
    assert!(error.contains("header") && error.contains("logs"), "{error}");
}

/// Guarantees: one that traps, or never ends, on its first batch is not put in place.
#[test]
fn the_self_check_guards_a_swap() {
    let limits = Limits { deadline: Duration::from_secs(2), ..Limits::default() };
    let settings = |behaviour: &str| json!({ "behaviour": behaviour });
    let fixture =
        Fixture::with(watching(limits), |directory| put(directory, "mine", &test_plugin("hostile")));
    let key = fixture.try_key("mine", Signal::Traces, settings("none"), OnError::Reject).unwrap();
    // `tenant` knows no such setting, and refuses: a stand-in for a version that fails.
    put(&fixture.directory, "mine", &by_tenant());
    wait_until("the failure is counted", || reloads(&fixture, "failure") == 1);
    assert!(routes_by_trace(&key));
    let refused = fixture.try_key("mine", Signal::Traces, settings("trap"), OnError::Reject);
    assert!(refused.unwrap_err().to_string().contains("self-check"));
}

/// Guarantees: touching a file, or writing the same again, starts nothing anew.
#[test]
fn the_same_bytes_are_no_change() {
    let fixture = Fixture::with(watching(patient()), |directory| put(directory, "mine", &by_trace()));
    let key = fixture.key("mine", Signal::Traces);
    put(&fixture.directory, "mine", &by_trace());
    // Loaded after it, so that the first was looked at when this is there.
    put(&fixture.directory, "later", &by_tenant());
    wait_until("the other file is loaded", || {
        fixture.status("later").is_some_and(|later| later.loaded.is_some())
    });
    put(&fixture.directory, "mine", &by_tenant());
    wait_until("the new plugin is in use", || routes_by_tenant(&key));
    assert_eq!(key.epoch(), 2);
}

/// Guarantees: a new name can be configured, and changes nothing for what is in use.
#[test]
fn a_new_file_becomes_usable() {
    let fixture = Fixture::with(watching(patient()), |_| {});
    assert!(fixture.try_key("mine", Signal::Traces, Value::Null, OnError::Fallback).is_err());
    put(&fixture.directory, "mine", &by_tenant());
    wait_until("the plugin is loaded", || fixture.status("mine").is_some_and(|mine| mine.loaded.is_some()));
    assert!(routes_by_tenant(&fixture.key("mine", Signal::Traces)));
}

/// Guarantees: without its file a replaced built-in comes back, and a plugin of the user's own stays.
#[test]
fn a_removed_file_leaves_something_to_use() {
    let fixture = Fixture::with(watching(patient()), |directory| {
        put(directory, "traceID", &by_tenant());
        put(directory, "mine", &by_tenant());
    });
    let (replaced, own) = (fixture.key("traceID", Signal::Traces), fixture.key("mine", Signal::Traces));
    assert!(routes_by_tenant(&replaced));
    fs::remove_file(fixture.directory.join("traceID.wasm")).unwrap();
    fs::remove_file(fixture.directory.join("mine.wasm")).unwrap();
    wait_until("the built-in is back", || routes_by_trace(&replaced));
    wait_until("the removal is told", || fixture.status("mine").unwrap().last_error.is_some());
    assert!(routes_by_tenant(&own));
    assert_eq!(fixture.status("traceID").unwrap().loaded.unwrap().source, Source::Embedded);
}

/// Sets a link to another target at once, as the kubelet and git-sync do.
fn set_link(link: &Path, target: &str) {
    let next = link.with_file_name(".next");
    symlink(target, &next).unwrap();
    fs::rename(next, link).unwrap();
}

/// Guarantees: the `..data` swap of a mounted `ConfigMap` is a change, seen without polling.
#[test]
fn a_config_map_swap_is_picked_up() {
    let fixture = Fixture::with(watching(patient()), |mount| {
        fs::create_dir(mount.join("..2024_01")).unwrap();
        put(&mount.join("..2024_01"), "mine", &by_trace());
        symlink("..2024_01", mount.join("..data")).unwrap();
        symlink("..data/mine.wasm", mount.join("mine.wasm")).unwrap();
    });
    let key = fixture.key("mine", Signal::Traces);
    for (round, plugin) in [by_tenant(), by_trace(), by_tenant()].into_iter().enumerate() {
        let version = format!("..2024_02_{round}");
        fs::create_dir(fixture.directory.join(&version)).unwrap();
        put(&fixture.directory.join(&version), "mine", &plugin);
        set_link(&fixture.directory.join("..data"), &version);
        wait_until("the new plugin is in use", || key.epoch() == round as u64 + 2);
    }
    assert!(routes_by_tenant(&key));
}

/// Guarantees: a checkout that git-sync replaces is a change, seen without polling although the link is
/// outside of the plugin directory.
#[test]
fn a_git_sync_checkout_is_picked_up() {
    let root = tempfile::tempdir().unwrap();
    let check_out = |revision: &str, plugin: &[u8]| {
        let directory = root.path().join("worktrees").join(revision).join("plugins");
        fs::create_dir_all(&directory).unwrap();
        put(&directory, "mine", plugin);
        set_link(&root.path().join("current"), &format!("worktrees/{revision}"));
    };
    check_out("aaa", &by_trace());
    let directories = vec![root.path().join("current/plugins")];
    let fixture = Fixture::with(HostSettings { directories, ..watching(patient()) }, |_| {});
    let key = fixture.key("mine", Signal::Traces);
    check_out("bbb", &by_tenant());
    wait_until("the second checkout is in use", || key.epoch() == 2);
    assert!(routes_by_tenant(&key));
    // As git-sync does, once nobody needs it any more.
    fs::remove_dir_all(root.path().join("worktrees/aaa")).unwrap();
    check_out("ccc", &by_trace());
    wait_until("the third checkout is in use", || key.epoch() == 3);
    assert!(routes_by_trace(&key));
}

/// Ends the threads of a test also when it fails.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Guarantees: no request fails or gets half an answer because of a swap, on however many threads.
#[test]
fn no_request_notices_a_swap() {
    let fixture = Fixture::with(watching(patient()), |directory| put(directory, "mine", &by_trace()));
    let key = fixture.key("mine", Signal::Traces);
    let spans = (0..50).map(span).collect();
    let payload = traces(vec![resource_spans(resource(vec![text("tenant.id", "acme")]), spans)]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _done = SetOnDrop(&done);
        for _ in 0..4 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let keys = key.keys(&payload, 1);
                    let by_trace = (0..50).all(|leaf| keys.key(leaf) == Some(trace_id(leaf).as_slice()));
                    let by_tenant = (0..50).all(|leaf| keys.key(leaf) == Some(b"acme".as_slice()));
                    assert!(keys.rejected == 0 && (by_trace || by_tenant));
                }
            });
        }
        for round in 0..10_u64 {
            put(&fixture.directory, "mine", &if round % 2 == 0 { by_tenant() } else { by_trace() });
            wait_until("the next plugin is in use", || key.epoch() == round + 2);
        }
    });
    assert_eq!(fixture.metric("sluice_plugin_fallback_items_total{plugin=\"mine\"}"), 0);
    for reason in ["error", "deadline", "trap", "memory", "contract", "instance", "backoff"] {
        assert_eq!(fixture.errors("mine", reason), 0, "{reason}");
    }
}
