use std::sync::{Arc, OnceLock};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use sluice_otlp::Signal;

use super::labels::{ByExporter, ByReason, Loss};
use super::{Families, position};

/// The series of one exporter, each looked up once, when it is first needed: what never sends shows no zeros.
#[derive(Clone, Debug)]
pub struct ExporterSeries {
    families: Arc<Families>,
    exporter: Arc<str>,
    sent: [OnceLock<Counter>; 3],
    in_flight: OnceLock<Gauge>,
}

impl ExporterSeries {
    pub(super) fn new(families: Arc<Families>, exporter: &str) -> Self {
        Self { families, exporter: exporter.into(), sent: Default::default(), in_flight: OnceLock::new() }
    }

    /// Makes the series of a sender exist before anything is sent, so that an idle backend is seen as idle.
    pub fn appear(&self) {
        for signal in Signal::ALL {
            self.sent(signal, 0);
        }
        drop(self.in_flight());
    }

    /// Counts items that a backend acknowledged.
    pub fn sent(&self, signal: Signal, items: u64) {
        let position = position(signal);
        let family = &self.families.sent[position];
        self.sent[position].get_or_init(|| family.get_or_create_owned(&self.label())).inc_by(items);
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
        self.families.enqueue_failed[position(signal)].get_or_create(&self.label()).inc_by(items);
    }

    /// Counts a request as in flight until the answer is dropped.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        let family = &self.families.in_flight;
        let gauge = self.in_flight.get_or_init(|| family.get_or_create_owned(&self.label())).clone();
        gauge.inc();
        InFlight { gauge }
    }

    fn label(&self) -> ByExporter {
        ByExporter::new(&self.exporter)
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
