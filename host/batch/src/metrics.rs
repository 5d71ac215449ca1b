//! What batch processors tell of themselves.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The metrics of all batch processors. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BatchMetrics {
    cardinality: Family<ByProcessor, Gauge>,
    lost: Family<Lost, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByProcessor {
    /// The processor's id as configured.
    processor: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Lost {
    /// The processor's id as configured.
    processor: String,
    signal: &'static str,
    reason: &'static str,
}

impl BatchMetrics {
    /// Registers the metrics of batch processors; once per process.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self { cardinality: Family::default(), lost: Family::default() };
        registry.register(
            "otelcol_processor_batch_metadata_cardinality",
            "Number of distinct metadata value combinations being processed",
            metrics.cardinality.clone(),
        );
        registry.register(
            "sluice_processor_batch_lost_items",
            "Spans, log records and data points that are lost: senders had heard that they are accepted, or were told \
             that they are rejected",
            metrics.lost.clone(),
        );
        metrics
    }

    pub(crate) fn cardinality(&self, processor: &str) -> Gauge {
        self.cardinality.get_or_create(&ByProcessor { processor: processor.to_owned() }).clone()
    }

    pub(crate) fn lost(&self, processor: &str, signal: &'static str, reason: &'static str) -> Counter {
        let labels = Lost { processor: processor.to_owned(), signal, reason };
        self.lost.get_or_create(&labels).clone()
    }
}
