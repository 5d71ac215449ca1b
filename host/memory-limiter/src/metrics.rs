//! What limiters let in and what they refuse, under the Collector's names.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use sluice_otlp::Signal;

/// The metrics of all limiters. Cheap to clone.
#[derive(Clone, Debug)]
pub struct MemoryLimiterMetrics {
    spans: Items,
    log_records: Items,
    metric_points: Items,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    /// The processor's id as configured.
    processor: String,
}

#[derive(Clone, Debug)]
struct Items {
    accepted: Family<Labels, Counter>,
    refused: Family<Labels, Counter>,
}

/// One limiter's series for one signal, looked up once so that a request takes no lock.
#[derive(Clone, Debug)]
pub(crate) struct ItemCounters {
    pub(crate) accepted: Counter,
    pub(crate) refused: Counter,
}

/// One limiter's series.
#[derive(Clone, Debug)]
pub(crate) struct Counters {
    spans: ItemCounters,
    log_records: ItemCounters,
    metric_points: ItemCounters,
}

impl MemoryLimiterMetrics {
    /// Registers the metrics of limiters; once per process.
    pub fn register(registry: &mut Registry) -> Self {
        Self {
            spans: Items::register(registry, "spans", "spans"),
            log_records: Items::register(registry, "log_records", "log records"),
            metric_points: Items::register(registry, "metric_points", "metric points"),
        }
    }

    pub(crate) fn counters(&self, processor: &str) -> Counters {
        let labels = Labels { processor: processor.to_owned() };
        Counters {
            spans: self.spans.counters(&labels),
            log_records: self.log_records.counters(&labels),
            metric_points: self.metric_points.counters(&labels),
        }
    }
}

impl Items {
    fn register(registry: &mut Registry, unit: &str, what: &str) -> Self {
        let items = Self { accepted: Family::default(), refused: Family::default() };
        registry.register(
            format!("otelcol_processor_accepted_{unit}"),
            format!("Number of {what} handed to the next stage of the pipeline"),
            items.accepted.clone(),
        );
        registry.register(
            format!("otelcol_processor_refused_{unit}"),
            format!("Number of {what} refused because memory is short; senders were told to come back"),
            items.refused.clone(),
        );
        items
    }

    fn counters(&self, labels: &Labels) -> ItemCounters {
        ItemCounters {
            accepted: self.accepted.get_or_create(labels).clone(),
            refused: self.refused.get_or_create(labels).clone(),
        }
    }
}

impl Counters {
    pub(crate) fn of(&self, signal: Signal) -> &ItemCounters {
        match signal {
            Signal::Traces => &self.spans,
            Signal::Logs => &self.log_records,
            Signal::Metrics => &self.metric_points,
        }
    }
}
