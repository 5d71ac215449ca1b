use std::sync::Arc;

use sluice_otlp::Signal;
use sluice_otlp::columns::{Batch, Field, Selection, TraceTables};

use super::ask::Asking;
use super::check::{self, Verdicts, Vote};
use super::inputs::{self, Wants};
use super::quota::{Draw, Quotas};
use super::self_check;
use crate::bounds::{Breaker, FailureLog};
use crate::error::LoadFault;
use crate::instance::{Failure, Instance, Pool};
use crate::load::Plugin;
use crate::metrics::{CallMetrics, PluginMetrics};
use crate::{Kind, Limits};

/// One load of a plugin, configured as a policy, with its instances.
pub struct PolicyGeneration {
    plugin: Arc<Plugin>,
    settings: String,
    tracestate: bool,
    wants: Wants,
    quotas: Arc<Quotas>,
    pool: Pool,
    pub(super) breaker: Breaker,
    pub(super) failures: FailureLog,
    pub(super) metrics: CallMetrics,
}

impl PolicyGeneration {
    /// Configures the plugin, checks its plan, and tries it on a small batch.
    ///
    /// # Errors
    /// Says which of these failed, and how.
    pub(crate) fn new(
        plugin: Arc<Plugin>,
        settings: &str,
        tracestate: bool,
        quotas: Arc<Quotas>,
        metrics: &PluginMetrics,
    ) -> Result<Self, LoadFault> {
        let signal = Signal::Traces;
        if plugin.kind != Kind::Policy {
            return Err(LoadFault::Kind { is: plugin.kind, wanted: Kind::Policy });
        }
        let mut instance = plugin.maker.make().map_err(LoadFault::Configure)?;
        let answer = plugin.maker.configure_policy(&mut instance, settings, tracestate);
        let raw =
            answer.map_err(LoadFault::Configure)?.map_err(|reason| LoadFault::Refused { signal, reason })?;
        let wants = inputs::check(raw).map_err(|reason| LoadFault::Plan { signal, reason })?;
        let generation = Self {
            settings: settings.to_owned(),
            tracestate,
            wants,
            quotas,
            pool: Pool::new(),
            breaker: Breaker::new(),
            failures: FailureLog::new(),
            metrics: metrics.calls(&plugin.name),
            plugin,
        };
        generation.pool.put(instance);
        self_check::run(&generation).map_err(|failure| LoadFault::SelfCheck { signal, failure })?;
        Ok(generation)
    }

    /// The fields that it wants to see of traces; see [`Selection`].
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.wants.fields
    }

    /// Whether its votes depend on what it let pass before: it draws on quotas.
    #[must_use]
    pub fn is_stateful(&self) -> bool {
        !self.wants.buckets.is_empty()
    }

    /// Which load of the plugin it is, from 1.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.plugin.epoch
    }

    /// Votes on some of the traces of `tables`, by number, ascending: one each, in their order.
    ///
    /// Synchronous and pure computation, bounded in time as a routing key's: a failed call is made again in halves,
    /// down to the trace at fault, which alone gets [`Vote::Error`]; after three lost deadlines nothing is halved,
    /// after four nothing more is asked, and a plugin that wastes so much is left alone for a while.
    #[must_use]
    pub fn decide(&self, tables: &TraceTables, selection: &Selection, traces: &[u32]) -> Verdicts {
        if traces.is_empty() {
            return Verdicts::all(Vote::Error, 0);
        }
        Asking::new(self, tables, selection).decide(traces)
    }

    pub(crate) fn plugin_name(&self) -> Arc<str> {
        Arc::clone(&self.plugin.name)
    }

    pub(super) fn quotas(&self) -> Arc<Quotas> {
        Arc::clone(&self.quotas)
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.plugin.maker.limits
    }

    /// Asks the plugin for votes on so many traces, and checks what it answers.
    pub(super) fn call(&self, traces: usize, batch: Batch) -> Result<Verdicts, Failure> {
        self.metrics.measure(traces as u64, || self.draw_on(&self.quotas, traces, batch))
    }

    /// The same on trial: nothing is counted, and quotas of its own are drawn on.
    pub(super) fn try_out(&self, traces: usize, batch: Batch) -> Result<Verdicts, Failure> {
        self.draw_on(&Arc::default(), traces, batch)
    }

    /// What a call takes of `quotas` whose answer is not used, it gives back.
    fn draw_on(&self, quotas: &Arc<Quotas>, traces: usize, batch: Batch) -> Result<Verdicts, Failure> {
        let draw = Draw::new(Arc::clone(quotas), Arc::clone(&self.wants.buckets), batch.now);
        let decide = |instance: &mut Instance| {
            let (verdicts, draw) = self.plugin.maker.decide(instance, batch, traces, draw);
            let answer = verdicts.and_then(|verdicts| check::answer(verdicts, traces));
            if let (Err(_), Some(draw)) = (&answer, draw) {
                draw.give_back();
            }
            answer
        };
        self.pool.call(|| self.fresh(), decide)
    }

    fn fresh(&self) -> Result<Instance, Failure> {
        let mut instance = self.plugin.maker.make()?;
        match self.plugin.maker.configure_policy(&mut instance, &self.settings, self.tracestate)? {
            // The contract says that it is the plan of before.
            Ok(_) => Ok(instance),
            Err(refusal) => Err(Failure::from_guest(&refusal)),
        }
    }
}

impl std::fmt::Debug for PolicyGeneration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PolicyGeneration")
            .field("plugin", &self.plugin.name)
            .field("epoch", &self.plugin.epoch)
            .finish_non_exhaustive()
    }
}
