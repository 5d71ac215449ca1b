use std::sync::Arc;
use std::time::Instant;

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
    ///
    /// The instance is kept if its answer is in order, or an error in its own words; else it is thrown
    /// away, since it may have stopped anywhere.
    pub(super) fn call(&self, stage: u32, rows: u32, batch: columns::Batch) -> Result<Checked, Failure> {
        let started = Instant::now();
        let answer = self.call_unmeasured(stage, rows, batch);
        self.metrics.calls.inc();
        self.metrics.rows.inc_by(u64::from(rows));
        self.metrics.seconds.observe(started.elapsed().as_secs_f64());
        if let Err(failure) = &answer {
            self.metrics.count_error(failure.reason);
        }
        answer
    }

    fn call_unmeasured(&self, stage: u32, rows: u32, batch: columns::Batch) -> Result<Checked, Failure> {
        let mut instance = match self.pool.take() {
            Some(instance) => instance,
            None => self.fresh()?,
        };
        let answer = match self.plugin.maker.keys(&mut instance, stage, batch) {
            Ok(column) => check::answer(column, rows, self.limits())?,
            Err(failure) if failure.is_the_guests_own() => {
                self.pool.put(instance);
                return Err(failure);
            }
            Err(failure) => return Err(failure),
        };
        self.pool.put(instance);
        Ok(answer)
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
