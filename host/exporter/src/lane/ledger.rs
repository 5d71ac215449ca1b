use std::sync::Arc;

use sluice_otlp::{Part, Signal};
use sluice_pipeline::Accepted;

use super::journal::{Journal, Line};
use super::{GiveUp, HandBack, LaneName};
use crate::{ExporterMetrics, ExporterSeries, Loss};

/// Where every item of a lane is entered once: as sent, or as lost with a reason. Counts and logs.
#[derive(Debug)]
pub struct Ledger {
    series: ExporterSeries,
    journal: Arc<Journal>,
}

impl Ledger {
    /// The books of one lane, or of an exporter that has none.
    #[must_use]
    pub fn new(name: LaneName, metrics: &ExporterMetrics) -> Arc<Self> {
        let series = metrics.series(&name.exporter);
        Arc::new(Self { series, journal: Journal::new(name) })
    }

    /// What the lane is called.
    #[must_use]
    pub fn name(&self) -> &LaneName {
        self.journal.name()
    }

    /// The counters themselves.
    #[must_use]
    pub fn series(&self) -> &ExporterSeries {
        &self.series
    }

    /// A backend answered: what it did not reject is sent. Never more is counted than was in the request.
    pub fn answered(&self, signal: Signal, items: u64, accepted: &Accepted) {
        let rejected = accepted.rejected.min(items);
        self.series.sent(signal, items - rejected);
        self.series.failed(signal, rejected, Loss::Rejected);
        if rejected > 0 {
            self.journal.line(Line::Reject, rejected, &accepted.message);
        } else if !accepted.message.is_empty() {
            self.journal.line(Line::Warning, 0, &accepted.message);
        }
    }

    /// Items are lost.
    pub fn lost(&self, signal: Signal, items: u64, reason: Loss, error: impl Into<String>) {
        self.series.failed(signal, items, reason);
        self.journal.line(Line::Drop, items, error);
    }

    /// A full queue refused items; the sender still has them.
    pub fn queue_full(&self, signal: Signal, items: u64) {
        self.series.enqueue_failed(signal, items);
        self.journal.line(Line::Full, items, QUEUE_FULL);
    }

    /// An attempt failed and another follows.
    pub(super) fn will_retry(&self, items: u64, error: impl Into<String>) {
        self.journal.line(Line::Retry, items, error);
    }

    /// The sender gets its items back with an error; nothing is lost.
    pub(crate) fn refused(&self, items: u64, error: impl Into<String>) {
        self.journal.line(Line::Refuse, items, error);
    }

    /// Writes log lines that were held back.
    pub fn flush(&self) {
        self.journal.flush();
    }

    /// For a lane with nothing behind it: what it gives up on is lost.
    #[must_use]
    pub fn dropping(name: &LaneName, metrics: &ExporterMetrics) -> HandBack {
        let ledger = Self::new(name.clone(), metrics);
        Arc::new(move |parts: Vec<Part>, give_up: GiveUp| {
            let reason = match give_up {
                GiveUp::RetriesExhausted(_) => Loss::RetriesExhausted,
                GiveUp::Retired => Loss::Shutdown,
            };
            for part in parts {
                ledger.lost(part.signal, part.items.into(), reason, give_up.to_string());
            }
        })
    }
}

/// What a sender reads whose items find no room.
pub(super) const QUEUE_FULL: &str = "sending_queue is full";
