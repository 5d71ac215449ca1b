use std::sync::Arc;
use std::time::Instant;

use crate::settings::BatchSettings;

/// The batch that is being gathered: a pure state machine, to which time is passed in.
///
/// `T` is what waits; how many items it has is told with it.
#[derive(Debug)]
pub(crate) struct Pending<T> {
    settings: Arc<BatchSettings>,
    waiting: Vec<T>,
    items: usize,
    due: Option<Instant>,
}

impl<T> Pending<T> {
    pub(crate) fn new(settings: Arc<BatchSettings>) -> Self {
        Self { settings, waiting: Vec::new(), items: 0, due: None }
    }

    /// Adds what came in; answers with the batches that are complete now.
    ///
    /// What would take the batch above `send_batch_max_size` starts the next one.
    pub(crate) fn push(&mut self, entry: T, items: usize, now: Instant) -> Vec<Vec<T>> {
        let mut complete = Vec::new();
        let most = self.settings.send_batch_max_size;
        if most > 0 && self.items > 0 && self.items + items > most {
            complete.extend(self.take());
        }
        self.waiting.push(entry);
        self.items += items;
        self.due.get_or_insert(now + self.settings.timeout);
        if self.items >= self.settings.send_batch_size.max(1) || self.settings.timeout.is_zero() {
            complete.extend(self.take());
        }
        complete
    }

    /// When what waits has to go, `None` while nothing waits.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Everything that waits, if anything does.
    pub(crate) fn take(&mut self) -> Option<Vec<T>> {
        self.items = 0;
        self.due = None;
        if self.waiting.is_empty() { None } else { Some(std::mem::take(&mut self.waiting)) }
    }
}

#[cfg(test)]
#[path = "pending_tests.rs"]
mod tests;
