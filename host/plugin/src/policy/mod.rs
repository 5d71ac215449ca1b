//! A sampling policy in use: tables of traces in, a vote for each out.

mod ask;
mod check;
mod generation;
mod inputs;
mod quota;
mod self_check;

use std::sync::Arc;

use arc_swap::ArcSwap;
pub use check::{Verdicts, Vote};
pub use generation::PolicyGeneration;
pub(crate) use quota::{Draw, Quotas};

use crate::error::LoadFault;
use crate::load::Plugin;
use crate::metrics::PluginMetrics;

/// Bytes of a reason.
pub(crate) const MAX_REASON_BYTES: usize = 256;

/// A plugin that was configured as a policy.
///
/// Whoever decides takes the [`current`](Self::current) generation for a whole batch, so that all its traces are
/// seen by the same load of the plugin. Quotas belong to the policy and outlast its generations.
#[derive(Debug)]
pub struct Policy {
    name: Arc<str>,
    plugin: Arc<str>,
    settings: String,
    tracestate: bool,
    current: ArcSwap<PolicyGeneration>,
}

impl Policy {
    pub(crate) fn new(name: &str, generation: PolicyGeneration, settings: String, tracestate: bool) -> Self {
        Self {
            name: name.into(),
            plugin: generation.plugin_name(),
            settings,
            tracestate,
            current: ArcSwap::from_pointee(generation),
        }
    }

    /// What the configuration calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The plugin's name.
    #[must_use]
    pub fn plugin(&self) -> &str {
        &self.plugin
    }

    /// The load of the plugin that is in use now.
    #[must_use]
    pub fn current(&self) -> Arc<PolicyGeneration> {
        self.current.load_full()
    }

    /// A generation of another load of the plugin, with this policy's settings and quotas.
    pub(crate) fn next(
        &self,
        plugin: Arc<Plugin>,
        metrics: &PluginMetrics,
    ) -> Result<PolicyGeneration, LoadFault> {
        let quotas = self.current.load().quotas();
        PolicyGeneration::new(plugin, &self.settings, self.tracestate, quotas, metrics)
    }

    /// Puts a new generation in place.
    pub(crate) fn swap(&self, generation: PolicyGeneration) {
        self.current.store(Arc::new(generation));
    }
}
