use std::sync::Arc;

use sluice_otlp::{Signal, columns};

use super::check::{self, Checked};
use super::complaints::Complaints;
use super::plan::{self, Stages};
use super::self_check;
use crate::bindings::Missing;
use crate::bounds::{Breaker, FailureLog};
use crate::error::LoadFault;
use crate::instance::{Failure, Instance, Pool};
use crate::load::Plugin;
use crate::metrics::{CallMetrics, PluginMetrics};
use crate::{Kind, Limits};

/// One load of a plugin, configured for one signal and settings, with its instances.
pub(crate) struct Generation {
    plugin: Arc<Plugin>,
    signal: Signal,
    settings: String,
    stages: Stages,
    pool: Pool,
    pub(super) breaker: Breaker,
    pub(super) complaints: Complaints,
    pub(super) failures: FailureLog,
    pub(super) metrics: CallMetrics,
}

impl Generation {
    /// Configures the plugin, checks its plan, and tries it on a small batch.
    ///
    /// # Errors
    /// Says which of these failed, and how.
    pub(crate) fn new(
        plugin: Arc<Plugin>,
        signal: Signal,
        settings: &str,
        metrics: &PluginMetrics,
    ) -> Result<Self, LoadFault> {
        if plugin.kind != Kind::RoutingKey {
            return Err(LoadFault::Kind { is: plugin.kind, wanted: Kind::RoutingKey });
        }
        let mut instance = plugin.maker.make().map_err(LoadFault::Configure)?;
        let answer = plugin.maker.configure(&mut instance, settings, signal);
        let raw =
            answer.map_err(LoadFault::Configure)?.map_err(|reason| LoadFault::Refused { signal, reason })?;
        let stages = plan::check(signal, raw).map_err(|reason| LoadFault::Plan { signal, reason })?;
        let generation = Self {
            signal,
            settings: settings.to_owned(),
            stages,
            pool: Pool::new(),
            breaker: Breaker::new(),
            complaints: Complaints::new(),
            failures: FailureLog::new(),
            metrics: metrics.calls(&plugin.name),
            plugin,
        };
        generation.pool.put(instance);
        self_check::run(&generation).map_err(|failure| LoadFault::SelfCheck { signal, failure })?;
        Ok(generation)
    }

    pub(crate) fn plugin_name(&self) -> Arc<str> {
        Arc::clone(&self.plugin.name)
    }

    pub(crate) fn signal(&self) -> Signal {
        self.signal
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.plugin.epoch
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.plugin.maker.limits
    }

    pub(super) fn stages(&self) -> &[columns::Plan] {
        &self.stages.stages
    }

    pub(super) fn missing(&self) -> Missing {
        self.stages.missing
    }

    pub(super) fn reads_requests(&self) -> bool {
        self.stages.reads_requests
    }

    /// Asks the plugin for the keys of `rows` rows, and checks what it answers.
    pub(super) fn call(&self, stage: u32, rows: u32, batch: columns::Batch) -> Result<Checked, Failure> {
        let keys = |instance: &mut Instance| {
            let column = self.plugin.maker.keys(instance, stage, batch)?;
            check::answer(column, rows, self.limits())
        };
        self.metrics.measure(rows.into(), || self.pool.call(|| self.fresh(), keys))
    }

    fn fresh(&self) -> Result<Instance, Failure> {
        let mut instance = self.plugin.maker.make()?;
        match self.plugin.maker.configure(&mut instance, &self.settings, self.signal)? {
            // The contract says that it is the plan of before.
            Ok(_) => Ok(instance),
            Err(refusal) => Err(Failure::from_guest(&refusal)),
        }
    }
}
