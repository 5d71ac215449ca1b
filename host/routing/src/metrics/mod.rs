mod labels;
mod users;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use labels::{Endpoint, Exporter, Fingerprint, Outcome, Share};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use users::Users;

/// The Collector's buckets, in ms.
const LATENCY_BUCKETS: [f64; 10] = [5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0];

/// What load balancers tell about themselves, under the Collector's names where it has them. Cheap to clone.
///
/// Latency and outcome are those of handing a part to its backend's lane: with a sending queue that means
/// until it was queued, without one until the backend has acknowledged it.
#[derive(Clone, Debug)]
pub struct RoutingMetrics {
    latency: Family<Endpoint, Histogram, LatencyHistogram>,
    outcome: Family<Outcome, Counter>,
    share: Family<Share, Gauge<f64, AtomicU64>>,
    fingerprint: Family<Fingerprint, Gauge>,
    rerouted: Family<Exporter, Counter>,
    shared_addresses: Family<Exporter, Gauge>,
    users: Arc<Users>,
}

#[derive(Clone, Copy, Debug)]
struct LatencyHistogram;

impl MetricConstructor<Histogram> for LatencyHistogram {
    fn new_metric(&self) -> Histogram {
        Histogram::new(LATENCY_BUCKETS)
    }
}

/// What is counted per backend, looked up once.
#[derive(Clone, Debug)]
pub(crate) struct BackendMetrics {
    /// ms from handing a part to the backend's lane to the lane's answer.
    pub(crate) latency: Histogram,
    /// Parts that the lane took.
    pub(crate) taken: Counter,
    /// Parts that it did not.
    pub(crate) failed: Counter,
}

impl RoutingMetrics {
    /// Registers the metrics; once per process.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            latency: Family::new_with_constructor(LatencyHistogram),
            outcome: Family::default(),
            share: Family::default(),
            fingerprint: Family::default(),
            rerouted: Family::default(),
            shared_addresses: Family::default(),
            users: Arc::default(),
        };
        registry.register(
            "otelcol_loadbalancer_backend_latency",
            "Time in ms until a backend answered, or with a sending queue until the request was queued",
            metrics.latency.clone(),
        );
        registry.register(
            "otelcol_loadbalancer_backend_outcome",
            "Requests to a backend that were taken (with a sending queue: queued), and that were not",
            metrics.outcome.clone(),
        );
        registry.register(
            "sluice_ring_share",
            "Share of the ring's keys that a backend has",
            metrics.share.clone(),
        );
        registry.register(
            "sluice_ring_fingerprint",
            "1; the label is the same wherever the ring is the same",
            metrics.fingerprint.clone(),
        );
        registry.register(
            "sluice_routing_rerouted_items",
            "Items that a backend's queue gave back and that were routed again",
            metrics.rerouted.clone(),
        );
        registry.register(
            "sluice_routing_shared_addresses",
            "Backends whose connections land on different instances of Sluice, so that traces are split",
            metrics.shared_addresses.clone(),
        );
        metrics
    }

    /// A load balancer starts to use a backend.
    pub(crate) fn add_backend(&self, exporter: &str, address: &str) -> BackendMetrics {
        self.users.enter(address);
        self.users.enter(&both(exporter, address));
        BackendMetrics {
            latency: self.latency.get_or_create_owned(&Endpoint::new(address)),
            taken: self.outcome.get_or_create_owned(&Outcome::new(address, true)),
            failed: self.outcome.get_or_create_owned(&Outcome::new(address, false)),
        }
    }

    /// The series of a backend that a load balancer added and has done with are out of date. Answers whether
    /// the load balancer has not taken to it again since.
    pub(crate) fn remove_backend(&self, exporter: &str, address: &str) -> bool {
        if self.users.leave(address) {
            self.latency.remove(&Endpoint::new(address));
            self.outcome.remove(&Outcome::new(address, true));
            self.outcome.remove(&Outcome::new(address, false));
        }
        let was_last = self.users.leave(&both(exporter, address));
        if was_last {
            self.share.remove(&Share::new(exporter, address));
        }
        was_last
    }

    /// A backend has this share of the ring from now on.
    pub(crate) fn set_share(&self, exporter: &str, address: &str, share: f64) {
        self.share.get_or_create(&Share::new(exporter, address)).set(share);
    }

    /// The ring has changed.
    pub(crate) fn set_fingerprint(&self, exporter: &str, before: u64, now: u64) {
        self.fingerprint.remove(&Fingerprint::new(exporter, before));
        self.fingerprint.get_or_create(&Fingerprint::new(exporter, now)).set(1);
    }

    /// Items are routed again.
    pub(crate) fn count_rerouted(&self, exporter: &str, items: u64) {
        self.rerouted.get_or_create(&Exporter::new(exporter)).inc_by(items);
    }

    /// How many of a load balancer's backends are several instances; the series exists from now on.
    pub(crate) fn shared_addresses(&self, exporter: &str) -> Gauge {
        self.shared_addresses.get_or_create_owned(&Exporter::new(exporter))
    }
}

/// A name that no address is.
fn both(exporter: &str, address: &str) -> String {
    format!("{exporter} {address}")
}

#[cfg(test)]
mod tests;
