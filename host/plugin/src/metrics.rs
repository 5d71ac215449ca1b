use std::time::Instant;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::{Failure, FailureReason};

/// What the plugin host counts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PluginMetrics {
    calls: Family<PluginLabel, Counter>,
    rows: Family<PluginLabel, Counter>,
    seconds: Family<PluginLabel, Histogram, fn() -> Histogram>,
    errors: Family<ReasonLabels, Counter>,
    fallback_items: Family<PluginLabel, Counter>,
    rejected_items: Family<ReasonLabels, Counter>,
    epoch: Family<PluginLabel, Gauge>,
    counter: Family<CounterLabels, Counter>,
    reloads: Family<OutcomeLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PluginLabel {
    plugin: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    plugin: String,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CounterLabels {
    plugin: String,
    counter: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    plugin: String,
    outcome: &'static str,
}

/// From 4 us, about what the smallest call takes, to past the default deadline.
fn call_seconds() -> Histogram {
    Histogram::new(exponential_buckets(4e-6, 4.0, 9))
}

impl PluginMetrics {
    /// Adds the host's metrics to a registry; once a process.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            calls: Family::default(),
            rows: Family::default(),
            seconds: Family::new_with_constructor(call_seconds),
            errors: Family::default(),
            fallback_items: Family::default(),
            rejected_items: Family::default(),
            epoch: Family::default(),
            counter: Family::default(),
            reloads: Family::default(),
        };
        registry.register("sluice_plugin_calls", "Calls of a plugin", metrics.calls.clone());
        registry.register("sluice_plugin_rows", "Rows that calls were made for", metrics.rows.clone());
        registry.register("sluice_plugin_seconds", "How long a call took", metrics.seconds.clone());
        registry.register("sluice_plugin_errors", "Failed calls, by reason", metrics.errors.clone());
        registry.register(
            "sluice_plugin_fallback_items",
            "Items that got a key of the host's making, since the plugin failed",
            metrics.fallback_items.clone(),
        );
        registry.register(
            "sluice_plugin_rejected_items",
            "Items rejected for want of a key, by reason",
            metrics.rejected_items.clone(),
        );
        registry.register("sluice_plugin_epoch", "Which load of the plugin is in use", metrics.epoch.clone());
        registry.register("sluice_plugin_counter", "What a plugin counts", metrics.counter.clone());
        registry.register(
            "sluice_plugin_reloads",
            "Reloads of a plugin, by outcome",
            metrics.reloads.clone(),
        );
        metrics
    }

    /// The series of a plugin's calls, looked up once.
    pub(crate) fn calls(&self, plugin: &str) -> CallMetrics {
        let label = PluginLabel { plugin: plugin.to_owned() };
        CallMetrics {
            calls: self.calls.get_or_create_owned(&label),
            rows: self.rows.get_or_create_owned(&label),
            seconds: self.seconds.get_or_create_owned(&label),
            errors: FailureReason::ALL
                .map(|reason| self.errors.get_or_create_owned(&labels(plugin, reason.as_str()))),
            fallback_items: self.fallback_items.get_or_create_owned(&label),
            rejected_for_failure: self.rejected_items.get_or_create_owned(&labels(plugin, "failure")),
            rejected_without_key: self.rejected_items.get_or_create_owned(&labels(plugin, "no_key")),
        }
    }

    /// A counter of the plugin's own. The caller bounds the names.
    pub(crate) fn counter(&self, plugin: &str, counter: &str) -> Counter {
        let labels = CounterLabels { plugin: plugin.to_owned(), counter: counter.to_owned() };
        self.counter.get_or_create_owned(&labels)
    }

    pub(crate) fn set_epoch(&self, plugin: &str, epoch: u64) {
        let label = PluginLabel { plugin: plugin.to_owned() };
        self.epoch.get_or_create(&label).set(i64::try_from(epoch).unwrap_or(i64::MAX));
    }

    pub(crate) fn count_reload(&self, plugin: &str, succeeded: bool) {
        let outcome = if succeeded { "success" } else { "failure" };
        self.reloads.get_or_create(&OutcomeLabels { plugin: plugin.to_owned(), outcome }).inc();
    }
}

fn labels(plugin: &str, reason: &'static str) -> ReasonLabels {
    ReasonLabels { plugin: plugin.to_owned(), reason }
}

/// The series of one plugin's calls.
#[derive(Clone, Debug)]
pub(crate) struct CallMetrics {
    calls: Counter,
    rows: Counter,
    seconds: Histogram,
    errors: [Counter; FailureReason::ALL.len()],
    pub(crate) fallback_items: Counter,
    pub(crate) rejected_for_failure: Counter,
    pub(crate) rejected_without_key: Counter,
}

impl CallMetrics {
    /// Makes a call for so many rows, and counts it.
    pub(crate) fn measure<T>(
        &self,
        rows: u64,
        call: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let started = Instant::now();
        let answer = call();
        self.calls.inc();
        self.rows.inc_by(rows);
        self.seconds.observe(started.elapsed().as_secs_f64());
        if let Err(failure) = &answer {
            self.count_error(failure.reason);
        }
        answer
    }

    pub(crate) fn count_error(&self, reason: FailureReason) {
        self.errors[reason as usize].inc();
    }
}
