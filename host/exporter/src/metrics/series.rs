use std::sync::Arc;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use sluice_otlp::Signal;

use super::labels::{ByExporter, ByReason, Loss};
use super::{Families, position};

/// The series of one exporter, looked up once.
#[derive(Clone, Debug)]
pub struct ExporterSeries {
    families: Arc<Families>,
    exporter: Arc<str>,
    sent: [Counter; 3],
    in_flight: Gauge,
}

impl ExporterSeries {
    pub(super) fn new(families: Arc<Families>, exporter: &str) -> Self {
        let label = ByExporter::new(exporter);
        let sent = families.sent.each_ref().map(|family| family.get_or_create_owned(&label));
        let in_flight = families.in_flight.get_or_create_owned(&label);
        Self { families, exporter: exporter.into(), sent, in_flight }
    }

    /// Counts items that a backend acknowledged.
    pub fn sent(&self, signal: Signal, items: u64) {
        self.sent[position(signal)].inc_by(items);
    }

    /// Counts items that are lost.
    pub fn failed(&self, signal: Signal, items: u64, reason: Loss) {
        if items > 0 {
            let label = ByReason::new(&self.exporter, reason);
            self.families.send_failed[position(signal)].get_or_create(&label).inc_by(items);
        }
    }

    /// Counts items that a full queue refused. They are not lost: the sender knows.
    pub fn enqueue_failed(&self, signal: Signal, items: u64) {
        let label = ByExporter::new(&self.exporter);
        self.families.enqueue_failed[position(signal)].get_or_create(&label).inc_by(items);
    }

    /// Counts a request as in flight until the answer is dropped.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        self.in_flight.inc();
        InFlight { gauge: self.in_flight.clone() }
    }
}

/// A request in flight, counted as long as this lives.
#[derive(Debug)]
pub struct InFlight {
    gauge: Gauge,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.gauge.dec();
    }
}

/// Fill level and capacity of one queue.
#[derive(Clone, Debug)]
pub struct QueueGauges {
    pub(crate) size: Gauge,
    pub(crate) capacity: Gauge,
}

impl QueueGauges {
    pub(super) fn new(families: &Families, exporter: &str) -> Self {
        let label = ByExporter::new(exporter);
        Self {
            size: families.queue_size.get_or_create_owned(&label),
            capacity: families.queue_capacity.get_or_create_owned(&label),
        }
    }
}
