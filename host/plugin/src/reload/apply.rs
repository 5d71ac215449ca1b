//! From a change on disk to a plugin in use.

use std::path::PathBuf;
use std::sync::Arc;

use super::scan::Snapshot;
use crate::error::LoadFault;
use crate::host::Registry;
use crate::key::Generation;
use crate::load::Plugin;
use crate::source::Source;
use crate::{Policy, RoutingKey};

/// Loads what the directories have when the host starts.
pub(super) fn first(registry: &Registry, found: &Snapshot) {
    for (name, file) in &found.files {
        registry.catalogue.set_file(name, Some(file.path.clone()));
        // Held for the same reason as in a reload; nobody has a routing key yet.
        let _in_use = registry.in_use();
        let Some(entry) = registry.catalogue.entry(name) else { continue };
        match registry.load_first(name, &entry) {
            Ok(plugin) => {
                tracing::info!(plugin = name, source = %plugin.source, version = plugin.version, "plugin loaded")
            }
            Err(fault) => {
                registry.catalogue.failed(name, fault.to_string());
                tracing::error!(plugin = name, source = %file.path.display(), %fault, "the plugin cannot be loaded");
            }
        }
    }
}

/// Loads what changed between two looks at the directories.
pub(super) fn changes(registry: &Registry, known: &Snapshot, next: &Snapshot) {
    for (name, file) in &next.files {
        if known.files.get(name) != Some(file) {
            reload(registry, name, Some(file.path.clone()));
        }
    }
    for name in known.files.keys().filter(|name| !next.files.contains_key(*name)) {
        reload(registry, name, None);
    }
}

/// What a change came to.
enum Outcome {
    /// A new load is in use.
    Swapped(Arc<Plugin>),
    /// The bytes are those that are in use.
    Unchanged,
    /// The file is gone, and nothing else to load it from.
    Removed,
}

fn reload(registry: &Registry, name: &str, file: Option<PathBuf>) {
    registry.catalogue.set_file(name, file);
    match load_and_swap(registry, name) {
        Ok(Outcome::Swapped(plugin)) => {
            registry.metrics.count_reload(name, true);
            let (epoch, version) = (plugin.epoch, &plugin.version);
            tracing::info!(plugin = name, source = %plugin.source, epoch, version, "plugin reloaded");
        }
        Ok(Outcome::Unchanged) => {
            registry.catalogue.confirmed(name);
            tracing::debug!(plugin = name, "the plugin's file was touched, but is the same");
        }
        Ok(Outcome::Removed) => {
            registry.catalogue.failed(name, "its file was removed; the last load stays in use".to_owned());
            tracing::warn!(plugin = name, "the plugin's file was removed; the last load stays in use");
        }
        Err(fault) => {
            registry.metrics.count_reload(name, false);
            registry.catalogue.failed(name, fault.to_string());
            tracing::error!(plugin = name, %fault, "the plugin cannot be reloaded; what was in use stays so");
        }
    }
}

/// All steps before the swap leave what is in use alone; the swap itself cannot fail.
fn load_and_swap(registry: &Registry, name: &str) -> Result<Outcome, LoadFault> {
    let in_use = registry.in_use();
    let Some(entry) = registry.catalogue.entry(name) else { return Ok(Outcome::Unchanged) };
    let Some(source) = &entry.source else {
        if entry.loaded.is_none() {
            registry.catalogue.forget(name);
            return Ok(Outcome::Unchanged);
        }
        return Ok(Outcome::Removed);
    };
    if entry.loaded.is_none() && *source == Source::Embedded {
        // Nobody asked for it so far.
        return Ok(Outcome::Unchanged);
    }
    let bytes = registry.read(name, source)?;
    if entry.loaded.as_ref().is_some_and(|old| old.hash == blake3::hash(&bytes) && old.source == *source) {
        return Ok(Outcome::Unchanged);
    }
    let plugin = registry.load(name, &entry, &bytes)?;
    let keys = in_use.keys_of(name);
    let generation = |key: &Arc<RoutingKey>| {
        Generation::new(Arc::clone(&plugin), key.signal(), key.settings(), &registry.metrics)
    };
    let generations = keys.iter().map(generation).collect::<Result<Vec<_>, _>>()?;
    let policies = in_use.policies_of(name);
    let next = |policy: &Arc<Policy>| policy.next(Arc::clone(&plugin), &registry.metrics);
    let nexts = policies.iter().map(next).collect::<Result<Vec<_>, _>>()?;
    keys.iter().zip(generations).for_each(|(key, generation)| key.swap(generation));
    policies.iter().zip(nexts).for_each(|(policy, next)| policy.swap(next));
    registry.catalogue.succeeded(&plugin);
    Ok(Outcome::Swapped(plugin))
}
