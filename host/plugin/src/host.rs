use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use sluice_otlp::Signal;

use crate::cache::CacheDirectory;
use crate::catalogue::{Catalogue, Entry};
use crate::engine::Runtime;
use crate::error::LoadFault;
use crate::key::Generation;
use crate::load::{self, Candidate, Loader, Plugin};
use crate::policy::{PolicyGeneration, Quotas};
use crate::reload::{self, Reloader};
use crate::source::{self, Source};
use crate::{Cache, HostError, Limits, LoadError, OnError, PluginMetrics, PluginStatus, Policy, RoutingKey};

/// How a [`PluginHost`] is set up.
#[derive(Clone, Debug)]
pub struct HostSettings {
    /// Where plugins are looked for beside the embedded ones: `NAME.wasm` is the plugin `NAME`, and
    /// replaces an embedded one of that name. Of two files of a name, that in the first directory counts.
    pub directories: Vec<PathBuf>,
    /// Whether compiled plugins are kept on disk.
    pub cache: Cache,
    /// What plugins may use.
    pub limits: Limits,
    /// How often directories are compared with what is known of them, beside being watched: not every
    /// file system tells of changes (NFS, some mounts of containers).
    pub poll_interval: Duration,
}

impl Default for HostSettings {
    fn default() -> Self {
        Self {
            directories: Vec::new(),
            cache: Cache::default(),
            limits: Limits::default(),
            poll_interval: Duration::from_secs(5),
        }
    }
}

/// Knows all plugins and hands out routing keys and policies. Cheap to clone; directories are watched until the last
/// clone is dropped.
///
/// Files are loaded at once, so that what is wrong with them is known; embedded plugins when they are
/// asked for. When a file changes, it is read, compiled, configured with all settings in use and tried
/// out on a thread of its own, and only then put in place of what was there; where any step fails, the
/// old one stays in use, and log, metrics and [`plugins`](Self::plugins) say why. When the file of a plugin
/// is removed, the embedded one of its name comes back; where there is none, the last load stays in use.
#[derive(Clone)]
pub struct PluginHost {
    registry: Arc<Registry>,
    /// Kept for its drop, which ends the thread that watches.
    _reloader: Option<Arc<Reloader>>,
}

impl PluginHost {
    /// Starts the engine, looks through the plugin directories, and watches them from then on.
    ///
    /// A plugin that does not load is no error here; a cache that cannot be trusted is not used.
    ///
    /// # Errors
    /// When the engine cannot run on this machine, or a directory cannot be read.
    pub fn start(settings: HostSettings, metrics: PluginMetrics) -> Result<Self, HostError> {
        let runtime = Arc::new(Runtime::start(&settings.limits)?);
        let cache = open_cache(&settings.cache);
        let loader = Loader { runtime, limits: settings.limits, cache };
        let catalogue = Catalogue::new(metrics.clone());
        let registry = Arc::new(Registry { loader, metrics, catalogue, in_use: Mutex::default() });
        if settings.directories.is_empty() {
            return Ok(Self { registry, _reloader: None });
        }
        let reloader = reload::start(&registry, settings.directories, settings.poll_interval)?;
        Ok(Self { registry, _reloader: Some(Arc::new(reloader)) })
    }

    /// Configures the plugin `name` for a signal. It is swapped by itself when its file changes.
    ///
    /// # Errors
    /// When there is no such plugin, it cannot be loaded, or it refuses the signal or its settings.
    pub fn routing_key(
        &self,
        name: &str,
        signal: Signal,
        settings: serde_json::Value,
        on_error: OnError,
    ) -> Result<Arc<RoutingKey>, LoadError> {
        let settings = if settings.is_null() { "{}".to_owned() } else { settings.to_string() };
        self.registry.routing_key(name, signal, settings, on_error).map_err(|fault| fault.of(name))
    }

    /// Configures the plugin `plugin` as the policy that a configuration calls `name`; `tracestate`: for a sampler
    /// that keeps to OpenTelemetry's consistent probability sampling. It is swapped by itself when its file
    /// changes.
    ///
    /// # Errors
    /// When there is no such plugin, it cannot be loaded, is no policy, or refuses its settings.
    pub fn policy(
        &self,
        name: &str,
        plugin: &str,
        settings: &serde_json::Value,
        tracestate: bool,
    ) -> Result<Arc<Policy>, LoadError> {
        let settings = if settings.is_null() { "{}".to_owned() } else { settings.to_string() };
        self.registry.policy(name, plugin, settings, tracestate).map_err(|fault| fault.of(plugin))
    }

    /// All plugins, by name.
    #[must_use]
    pub fn plugins(&self) -> Vec<PluginStatus> {
        self.registry.catalogue.statuses()
    }
}

impl std::fmt::Debug for PluginHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PluginHost")
            .field("plugins", &self.registry.catalogue.names())
            .finish_non_exhaustive()
    }
}

fn open_cache(cache: &Cache) -> Option<CacheDirectory> {
    let Cache::Directory(path) = cache else { return None };
    match CacheDirectory::open(path) {
        Ok(cache) => Some(cache),
        Err(fault) => {
            tracing::warn!(%fault, "compiled plugins are not kept");
            None
        }
    }
}

/// What host and watcher share.
pub(crate) struct Registry {
    pub(crate) loader: Loader,
    pub(crate) metrics: PluginMetrics,
    pub(crate) catalogue: Catalogue,
    /// What somebody holds. Locked while a plugin is loaded or configured, so that none
    /// is configured with what is just being replaced.
    in_use: Mutex<InUse>,
}

/// What somebody holds of plugins.
#[derive(Debug, Default)]
pub(crate) struct InUse {
    keys: Vec<Weak<RoutingKey>>,
    policies: Vec<Weak<Policy>>,
}

impl InUse {
    /// The routing keys of a plugin.
    pub(crate) fn keys_of(&self, plugin: &str) -> Vec<Arc<RoutingKey>> {
        self.keys.iter().filter_map(Weak::upgrade).filter(|key| key.name() == plugin).collect()
    }

    /// The policies of a plugin.
    pub(crate) fn policies_of(&self, plugin: &str) -> Vec<Arc<Policy>> {
        self.policies.iter().filter_map(Weak::upgrade).filter(|policy| policy.plugin() == plugin).collect()
    }
}

impl Registry {
    fn routing_key(
        &self,
        name: &str,
        signal: Signal,
        settings: String,
        on_error: OnError,
    ) -> Result<Arc<RoutingKey>, LoadFault> {
        let mut in_use = self.in_use();
        let plugin = self.loaded(name)?;
        let generation = Generation::new(plugin, signal, &settings, &self.metrics)?;
        let key = Arc::new(RoutingKey::new(generation, settings, on_error));
        in_use.keys.retain(|key| key.strong_count() > 0);
        in_use.keys.push(Arc::downgrade(&key));
        Ok(key)
    }

    fn policy(
        &self,
        name: &str,
        plugin: &str,
        settings: String,
        tracestate: bool,
    ) -> Result<Arc<Policy>, LoadFault> {
        let mut in_use = self.in_use();
        let plugin = self.loaded(plugin)?;
        let quotas = Arc::new(Quotas::default());
        let generation = PolicyGeneration::new(plugin, &settings, tracestate, quotas, &self.metrics)?;
        let policy = Arc::new(Policy::new(name, generation, settings, tracestate));
        in_use.policies.retain(|policy| policy.strong_count() > 0);
        in_use.policies.push(Arc::downgrade(&policy));
        Ok(policy)
    }

    /// A plugin that is loaded, or is now.
    fn loaded(&self, name: &str) -> Result<Arc<Plugin>, LoadFault> {
        let Some(entry) = self.catalogue.entry(name) else {
            return Err(LoadFault::Unknown { known: self.catalogue.names().join(", ") });
        };
        match &entry.loaded {
            Some(plugin) => Ok(Arc::clone(plugin)),
            None => self.load_first(name, &entry),
        }
    }

    /// Loads a plugin of which nothing is loaded yet.
    pub(crate) fn load_first(&self, name: &str, entry: &Entry) -> Result<Arc<Plugin>, LoadFault> {
        let bytes = match &entry.source {
            Some(source) => self.read(name, source)?,
            None => return Err(LoadFault::Unknown { known: self.catalogue.names().join(", ") }),
        };
        let loaded = self.load(name, entry, &bytes);
        match &loaded {
            Ok(plugin) => self.catalogue.succeeded(plugin),
            Err(fault) => self.catalogue.failed(name, fault.to_string()),
        }
        loaded
    }

    /// The bytes that a plugin is to be loaded from.
    pub(crate) fn read(&self, name: &str, source: &Source) -> Result<Vec<u8>, LoadFault> {
        match source {
            Source::Embedded => Ok(source::built_in(name).unwrap_or_default().to_vec()),
            Source::File(path) => load::read(path, self.loader.limits.max_file_bytes),
        }
    }

    /// Loads a plugin, without putting it to use.
    pub(crate) fn load(&self, name: &str, entry: &Entry, bytes: &[u8]) -> Result<Arc<Plugin>, LoadFault> {
        let plugin = self.loader.load(Candidate {
            name: name.into(),
            source: entry.source.clone().unwrap_or(Source::Embedded),
            bytes,
            epoch: entry.loaded.as_ref().map_or(0, |old| old.epoch) + 1,
            voice: Arc::clone(&entry.voice),
        })?;
        Ok(Arc::new(plugin))
    }

    /// What is in use; held while it is changed.
    pub(crate) fn in_use(&self) -> MutexGuard<'_, InUse> {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
