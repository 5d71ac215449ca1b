//! All plugins by name: what each would be loaded from, and what is loaded.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::instance::Voice;
use crate::load::Plugin;
use crate::metrics::PluginMetrics;
use crate::source::{self, Source};
use crate::status::{LoadedPlugin, PluginStatus};

/// Locked for moments only: whoever loads works on what [`Catalogue::entry`] gave, and comes back.
pub(crate) struct Catalogue {
    metrics: PluginMetrics,
    slots: Mutex<BTreeMap<String, Slot>>,
}

struct Slot {
    file: Option<PathBuf>,
    loaded: Option<Arc<Plugin>>,
    last_error: Option<String>,
    voice: Arc<Voice>,
}

/// What to load a plugin with, and what there is of it.
pub(crate) struct Entry {
    pub(crate) source: Option<Source>,
    pub(crate) loaded: Option<Arc<Plugin>>,
    pub(crate) voice: Arc<Voice>,
}

impl Catalogue {
    /// The embedded plugins.
    pub(crate) fn new(metrics: PluginMetrics) -> Self {
        let catalogue = Self { metrics, slots: Mutex::default() };
        for (name, _) in source::built_ins() {
            catalogue.set_file(name, None);
        }
        catalogue
    }

    /// Says which file a plugin comes from, or that it comes from none (any more).
    pub(crate) fn set_file(&self, name: &str, file: Option<PathBuf>) {
        let new = || Slot {
            file: None,
            loaded: None,
            last_error: None,
            voice: Arc::new(Voice::new(name.into(), &self.metrics)),
        };
        self.slots().entry(name.to_owned()).or_insert_with(new).file = file;
    }

    pub(crate) fn entry(&self, name: &str) -> Option<Entry> {
        let slots = self.slots();
        let slot = slots.get(name)?;
        let file = slot.file.clone().map(Source::File);
        let source = file.or_else(|| source::built_in(name).map(|_| Source::Embedded));
        Some(Entry { source, loaded: slot.loaded.clone(), voice: Arc::clone(&slot.voice) })
    }

    /// A plugin was loaded and is in use from now on.
    pub(crate) fn succeeded(&self, plugin: &Arc<Plugin>) {
        self.metrics.set_epoch(&plugin.name, plugin.epoch);
        if let Some(slot) = self.slots().get_mut(&*plugin.name) {
            (slot.loaded, slot.last_error) = (Some(Arc::clone(plugin)), None);
        }
    }

    /// A plugin could not be loaded; what was loaded before stays.
    pub(crate) fn failed(&self, name: &str, error: String) {
        if let Some(slot) = self.slots().get_mut(name) {
            slot.last_error = Some(error);
        }
    }

    /// What is in use is in order after all: the file says again what it said when it was loaded.
    pub(crate) fn confirmed(&self, name: &str) {
        if let Some(slot) = self.slots().get_mut(name) {
            slot.last_error = None;
        }
    }

    /// Forgets a plugin of which nothing is left to load, and nothing was loaded.
    pub(crate) fn forget(&self, name: &str) {
        self.slots().remove(name);
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.slots().keys().cloned().collect()
    }

    pub(crate) fn statuses(&self) -> Vec<PluginStatus> {
        let status = |(name, slot): (&String, &Slot)| PluginStatus {
            name: name.clone(),
            loaded: slot.loaded.as_deref().map(loaded),
            last_error: slot.last_error.clone(),
        };
        self.slots().iter().map(status).collect()
    }

    fn slots(&self) -> MutexGuard<'_, BTreeMap<String, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn loaded(plugin: &Plugin) -> LoadedPlugin {
    LoadedPlugin {
        kind: plugin.kind,
        version: plugin.version.clone(),
        summary: plugin.summary.clone(),
        epoch: plugin.epoch,
        source: plugin.source.clone(),
        contract: plugin.contract,
        hash: plugin.hash,
    }
}
