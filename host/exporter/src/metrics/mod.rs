//! What exporters count about themselves, under the Collector's names.

mod labels;
mod series;

use std::sync::Arc;

pub use labels::Loss;
use labels::{ByExporter, ByReason};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
pub use series::{ExporterSeries, InFlight, QueueGauges};
use sluice_otlp::Signal;

/// Counters and gauges of all exporters of a process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ExporterMetrics {
    families: Arc<Families>,
}

#[derive(Debug)]
struct Families {
    sent: PerSignal<ByExporter>,
    send_failed: PerSignal<ByReason>,
    enqueue_failed: PerSignal<ByExporter>,
    queue_size: Family<ByExporter, Gauge>,
    queue_capacity: Family<ByExporter, Gauge>,
    in_flight: Family<ByExporter, Gauge>,
}

type PerSignal<L> = [Family<L, Counter>; 3];

/// Where a signal's family stands in a [`PerSignal`].
const fn position(signal: Signal) -> usize {
    match signal {
        Signal::Traces => 0,
        Signal::Logs => 1,
        Signal::Metrics => 2,
    }
}

/// What a signal's leaves are called in metric names.
#[must_use]
pub const fn item_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "spans",
        Signal::Logs => "log_records",
        Signal::Metrics => "metric_points",
    }
}

impl ExporterMetrics {
    /// Adds the families to a registry; once per process.
    pub fn register(registry: &mut Registry) -> Self {
        let sent = per_signal(registry, "sent", "that a backend acknowledged");
        let send_failed = per_signal(registry, "send_failed", "that are lost, by reason");
        let enqueue_failed = per_signal(registry, "enqueue_failed", "refused because a queue was full");
        let mut gauge = |name: &str, help: &str| {
            let family = Family::<ByExporter, Gauge>::default();
            registry.register(format!("otelcol_exporter_{name}"), help, family.clone());
            family
        };
        let queue_size = gauge("queue_size", "What a queue holds, in the unit of its sizer");
        let queue_capacity = gauge("queue_capacity", "What a queue can hold, in the unit of its sizer");
        let in_flight = gauge("in_flight_requests", "Requests that wait for a backend's answer");
        let families = Families { sent, send_failed, enqueue_failed, queue_size, queue_capacity, in_flight };
        Self { families: Arc::new(families) }
    }

    /// The series of one exporter; they exist once something is counted, or after [`ExporterSeries::appear`].
    #[must_use]
    pub fn series(&self, exporter: &str) -> ExporterSeries {
        ExporterSeries::new(Arc::clone(&self.families), exporter)
    }

    /// The gauges of one exporter's queue; they exist from now on.
    #[must_use]
    pub fn queue(&self, exporter: &str) -> QueueGauges {
        QueueGauges::new(&self.families, exporter)
    }

    /// Drops all series of an exporter that is gone. Who still holds them counts unseen.
    pub fn remove(&self, exporter: &str) {
        let label = ByExporter::new(exporter);
        let families = &*self.families;
        for family in families.sent.iter().chain(&families.enqueue_failed) {
            family.remove(&label);
        }
        for family in &families.send_failed {
            for reason in Loss::ALL {
                family.remove(&ByReason::new(exporter, reason));
            }
        }
        for family in [&families.queue_size, &families.queue_capacity, &families.in_flight] {
            family.remove(&label);
        }
    }
}

fn per_signal<L>(registry: &mut Registry, what: &str, help: &str) -> PerSignal<L>
where
    L: prometheus_client::encoding::EncodeLabelSet
        + Clone
        + std::fmt::Debug
        + std::hash::Hash
        + Eq
        + Send
        + Sync
        + 'static,
{
    [Signal::Traces, Signal::Logs, Signal::Metrics].map(|signal| {
        let family = Family::<L, Counter>::default();
        let items = item_name(signal);
        let words = items.replace('_', " ");
        registry.register(
            format!("otelcol_exporter_{what}_{items}"),
            format!("Number of {words} {help}"),
            family.clone(),
        );
        family
    })
}

#[cfg(test)]
mod tests;
