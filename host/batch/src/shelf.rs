use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

use http::HeaderValue;

use crate::pending::Pending;
use crate::settings::BatchSettings;

/// The values of `metadata_keys` in one request: for each key those that it has, in their order.
pub(crate) type Sender = Arc<[Vec<HeaderValue>]>;

/// The batches that are being gathered, one for each combination of values of `metadata_keys`: a pure state machine,
/// to which time is passed in.
///
/// Without a limit, a combination is forgotten once nothing of it waits, so that memory is bounded by what waits.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    settings: Arc<BatchSettings>,
    batches: HashMap<Sender, Pending<T>>,
    due: BTreeSet<(Instant, Sender)>,
}

impl<T> Shelf<T> {
    pub(crate) fn new(settings: Arc<BatchSettings>) -> Self {
        Self { settings, batches: HashMap::new(), due: BTreeSet::new() }
    }

    /// Adds what came in; answers with the batches that are complete now, or gives it back when there are as many
    /// combinations as there may be.
    pub(crate) fn push(
        &mut self,
        sender: Sender,
        entry: T,
        items: usize,
        now: Instant,
    ) -> Result<Vec<Vec<T>>, T> {
        let limit = self.settings.metadata_cardinality_limit;
        if limit > 0 && self.batches.len() >= limit && !self.batches.contains_key(&sender) {
            return Err(entry);
        }
        let new = || Pending::new(Arc::clone(&self.settings));
        let pending = self.batches.entry(Arc::clone(&sender)).or_insert_with(new);
        let due = pending.due();
        let complete = pending.push(entry, items, now);
        let next = pending.due();
        if next != due {
            self.due.extend(next.map(|next| (next, Arc::clone(&sender))));
            if let Some(due) = due {
                self.due.remove(&(due, Arc::clone(&sender)));
            }
        }
        if next.is_none() {
            self.forget(&sender);
        }
        Ok(complete)
    }

    /// When the first batch has to go, `None` while nothing waits.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    /// A batch that has to go by `now`.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Vec<T>> {
        self.due().filter(|due| *due <= now).and_then(|_| self.take())
    }

    /// The batch that has to go first.
    pub(crate) fn take(&mut self) -> Option<Vec<T>> {
        let (_, sender) = self.due.pop_first()?;
        let batch = self.batches.get_mut(&sender)?.take();
        self.forget(&sender);
        batch
    }

    /// Combinations that are known.
    pub(crate) fn senders(&self) -> usize {
        self.batches.len()
    }

    fn forget(&mut self, sender: &Sender) {
        if self.settings.metadata_cardinality_limit == 0 {
            self.batches.remove(sender);
        }
    }
}

#[cfg(test)]
#[path = "shelf_tests.rs"]
mod tests;
