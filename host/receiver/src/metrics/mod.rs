//! What is counted at the receiving end, under the Collector's names where it has them.

mod handles;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

pub(crate) use handles::{ConnectionRefusal, Handles};

/// Which server a series is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Labels {
    /// The receiver's id as configured: `otlp`, `otlp/2`.
    receiver: String,
    /// `grpc` or `http`.
    transport: &'static str,
}

/// The same, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ReasonLabels {
    receiver: String,
    transport: &'static str,
    reason: &'static str,
}

/// The metrics of all receivers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ReceiverMetrics {
    spans: Items,
    log_records: Items,
    metric_points: Items,
    rejected_requests: Family<ReasonLabels, Counter>,
    rejected_connections: Family<ReasonLabels, Counter>,
    in_flight_requests: Family<Labels, Gauge>,
    in_flight_bytes: Family<Labels, Gauge>,
    connections: Family<Labels, Gauge>,
    /// Of all servers together.
    arrivals: Arc<AtomicU64>,
}

/// Items of one signal. Every item of a request that could be scanned is in exactly one of the two.
#[derive(Clone, Debug)]
struct Items {
    accepted: Family<Labels, Counter>,
    refused: Family<Labels, Counter>,
}

impl Items {
    fn register(registry: &mut Registry, unit: &str, what: &str) -> Self {
        let items = Self { accepted: Family::default(), refused: Family::default() };
        registry.register(
            format!("otelcol_receiver_accepted_{unit}"),
            format!("Number of {what} successfully pushed into the pipeline"),
            items.accepted.clone(),
        );
        registry.register(
            format!("otelcol_receiver_refused_{unit}"),
            format!("Number of {what} that could not be pushed into the pipeline, those of partial_success included"),
            items.refused.clone(),
        );
        items
    }
}

impl ReceiverMetrics {
    /// Registers the metrics of receivers; once per process.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            spans: Items::register(registry, "spans", "spans"),
            log_records: Items::register(registry, "log_records", "log records"),
            metric_points: Items::register(registry, "metric_points", "metric points"),
            rejected_requests: Family::default(),
            rejected_connections: Family::default(),
            in_flight_requests: Family::default(),
            in_flight_bytes: Family::default(),
            connections: Family::default(),
            arrivals: Arc::default(),
        };
        metrics.register_own(registry);
        metrics
    }

    /// How many requests have come so far, to all receivers: whether it grows tells whether anybody still sends.
    #[must_use]
    pub fn arrivals(&self) -> u64 {
        self.arrivals.load(Ordering::Relaxed)
    }

    fn register_own(&self, registry: &mut Registry) {
        registry.register(
            "sluice_receiver_rejected_requests",
            "Number of requests answered with an error, malformed ones included",
            self.rejected_requests.clone(),
        );
        registry.register(
            "sluice_receiver_rejected_connections",
            "Number of connections closed before they could send a request",
            self.rejected_connections.clone(),
        );
        registry.register(
            "sluice_receiver_in_flight_requests",
            "Requests that are being read or consumed",
            self.in_flight_requests.clone(),
        );
        registry.register(
            "sluice_receiver_in_flight_bytes",
            "Bytes held by requests that are being read or consumed",
            self.in_flight_bytes.clone(),
        );
        registry.register(
            "sluice_receiver_connections",
            "Connections that are open",
            self.connections.clone(),
        );
    }
}
