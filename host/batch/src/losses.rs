use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sluice_otlp::Signal;

use crate::metrics::BatchMetrics;

/// One line of the log tells what was lost in so long.
const PERIOD: Duration = Duration::from_secs(10);

/// Counts what a processor loses, and tells it: exactly, though not line by line.
#[derive(Clone, Debug)]
pub(crate) struct Losses {
    processor: String,
    metrics: BatchMetrics,
    told: Arc<Mutex<Told>>,
}

/// What is still to be told, and when.
#[derive(Debug, Default)]
struct Told {
    waiting: u64,
    next: Option<Instant>,
}

impl Losses {
    pub(crate) fn new(processor: &str, metrics: &BatchMetrics) -> Self {
        Self { processor: processor.to_owned(), metrics: metrics.clone(), told: Arc::default() }
    }

    /// Items are lost; `reason` is the metric's label, `why` is for people.
    pub(crate) fn lose(&self, signal: Signal, reason: &'static str, items: u64, why: &str) {
        self.metrics.lost(&self.processor, signal.as_str(), reason).inc_by(items);
        if let Some(items) = self.told().lose(items, Instant::now()) {
            self.tell(items, why);
        }
    }

    /// Tells what was not told so far.
    pub(crate) fn finish(&self) {
        let waiting = std::mem::take(&mut self.told().waiting);
        if waiting > 0 {
            self.tell(waiting, "more of the same");
        }
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, dropped_items: u64, why: &str) {
        tracing::error!(component = %self.processor, dropped_items, error = why, "Sender failed. Dropping data.");
    }
}

impl Told {
    /// Adds to what is lost; answers with what is to be told now.
    fn lose(&mut self, items: u64, now: Instant) -> Option<u64> {
        self.waiting += items;
        if self.next.is_some_and(|next| now < next) {
            return None;
        }
        self.next = Some(now + PERIOD);
        Some(std::mem::take(&mut self.waiting))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{PERIOD, Told};

    /// A flood of losses is one line in a while, and every item is in one of them.
    #[test]
    fn lines_are_rare_and_exact() {
        let start = Instant::now();
        let mut told = Told::default();
        assert_eq!(told.lose(3, start), Some(3));
        assert_eq!(told.lose(4, start), None);
        assert_eq!(told.lose(5, start + PERIOD / 2), None);
        assert_eq!(told.lose(1, start + PERIOD), Some(10));
        assert_eq!(told.waiting, 0);
    }
}
