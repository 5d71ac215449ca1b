//! A host over a plugin directory of its own, and what the tests look at it with.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use prometheus_client::registry::Registry;
use serde_json::Value;
use sluice_otlp::Signal;
use sluice_plugin::{
    Cache, HostSettings, Limits, LoadError, OnError, PluginHost, PluginMetrics, PluginStatus, RoutingKey,
};
use tempfile::TempDir;

/// The bytes of a plugin that `cargo xtask build` compiled.
pub(crate) fn wasm(folder: &str, name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target").join(folder).join(name);
    let path = path.with_extension("wasm");
    fs::read(&path).unwrap_or_else(|fault| {
        panic!("{}: {fault}; compile the plugins with `cargo xtask build`", path.display())
    })
}

/// An embedded plugin.
pub(crate) fn built_in(name: &str) -> Vec<u8> {
    wasm("plugins", name)
}

/// A plugin for tests.
pub(crate) fn test_plugin(name: &str) -> Vec<u8> {
    wasm("plugins-test", name)
}

/// Limits under which a plugin in order never fails, however busy the machine.
pub(crate) fn patient() -> Limits {
    Limits { deadline: Duration::from_secs(30), ..Limits::default() }
}

/// Settings without plugin directories, and compiled code kept between tests: compiling is slow in a
/// build that is not optimised.
pub(crate) fn settings(limits: Limits) -> HostSettings {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled-plugins");
    HostSettings { cache: Cache::Directory(cache), limits, ..HostSettings::default() }
}

pub(crate) struct Fixture {
    pub(crate) host: PluginHost,
    pub(crate) directory: PathBuf,
    registry: Registry,
    _root: TempDir,
}

impl Fixture {
    /// With the named test plugins in its directory.
    pub(crate) fn new(limits: Limits, plugins: &[&str]) -> Self {
        Self::with(settings(limits), |directory| {
            for name in plugins {
                put(directory, name, &test_plugin(name));
            }
        })
    }

    /// With whatever `fill` puts into its directory.
    pub(crate) fn with(mut settings: HostSettings, fill: impl FnOnce(&Path)) -> Self {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().to_owned();
        fill(&directory);
        if settings.directories.is_empty() {
            settings.directories.push(directory.clone());
        }
        let mut registry = Registry::default();
        let metrics = PluginMetrics::register(&mut registry);
        let host = PluginHost::start(settings, metrics).unwrap();
        Self { host, directory, registry, _root: root }
    }

    pub(crate) fn try_key(
        &self,
        name: &str,
        signal: Signal,
        settings: Value,
        on_error: OnError,
    ) -> Result<Arc<RoutingKey>, LoadError> {
        self.host.routing_key(name, signal, settings, on_error)
    }

    pub(crate) fn key(&self, name: &str, signal: Signal) -> Arc<RoutingKey> {
        self.try_key(name, signal, Value::Null, OnError::Fallback).unwrap()
    }

    pub(crate) fn status(&self, name: &str) -> Option<PluginStatus> {
        self.host.plugins().into_iter().find(|plugin| plugin.name == name)
    }

    /// The value of a series, as it is exposed; 0 for one that is not there.
    pub(crate) fn metric(&self, series: &str) -> u64 {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.map_or(0, |value| value.parse().unwrap())
    }

    pub(crate) fn errors(&self, plugin: &str, reason: &str) -> u64 {
        self.metric(&format!("sluice_plugin_errors_total{{plugin=\"{plugin}\",reason=\"{reason}\"}}"))
    }
}

/// Puts a plugin in place as a careful person would: complete at once.
pub(crate) fn put(directory: &Path, name: &str, bytes: &[u8]) {
    let temporary = directory.join(format!(".{name}.new"));
    fs::write(&temporary, bytes).unwrap();
    fs::rename(temporary, directory.join(name).with_extension("wasm")).unwrap();
}

/// Waits until something holds; minutes at most, for a busy machine.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(300);
    while !holds() {
        assert!(Instant::now() < end, "it never came to this: {what}");
        thread::park_timeout(Duration::from_millis(5));
    }
}
