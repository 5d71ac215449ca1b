use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// The handshakes that are under way.
#[derive(Debug)]
pub(super) struct Going {
    most: usize,
    tickets: Mutex<Tickets>,
}

/// By number, the oldest first.
#[derive(Debug, Default)]
struct Tickets {
    next: u64,
    going: BTreeMap<u64, Arc<Notify>>,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Ticket<'a> {
    number: u64,
    end: Arc<Notify>,
    all: &'a Going,
}

impl Going {
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(1), tickets: Mutex::default() }
    }

    /// One more; when they are too many, the oldest is told to end.
    pub(super) fn begin(&self) -> Ticket<'_> {
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        if tickets.going.len() >= self.most
            && let Some((_, oldest)) = tickets.going.pop_first()
        {
            oldest.notify_one();
        }
        let number = tickets.next;
        tickets.next += 1;
        let end = Arc::new(Notify::new());
        tickets.going.insert(number, Arc::clone(&end));
        Ticket { number, end, all: self }
    }
}

impl Ticket<'_> {
    /// Waits until it is told to end.
    pub(super) async fn ended(&self) {
        self.end.notified().await;
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.all.tickets.lock().unwrap_or_else(PoisonError::into_inner).going.remove(&self.number);
    }
}

#[cfg(test)]
#[path = "going_tests.rs"]
mod tests;
