//! Who answers at a backend's address, asked in passing.
//!
//! The question is a header of a request that is sent anyway: the first that finds a new connection there, and one more at
//! each change.
//! Collectors do not answer it, and nothing is known of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sluice_instance::{InstanceId, Known, Sightings};
use sluice_otlp::Signal;
use tokio::sync::watch;

use super::grpc::GrpcClient;
use super::{Chunks, ClientSettings};

/// What is known of those that answer at one address. The data path reads one flag of it.
#[derive(Debug, Default)]
pub struct Instances {
    /// Whether the next request is to ask.
    is_due: AtomicBool,
    sightings: Mutex<Sightings>,
    known: watch::Sender<Known>,
}

impl Instances {
    /// What is known, and every change of it.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Known> {
        self.known.subscribe()
    }

    /// Asks over a connection of its own, with an empty request, which every server of OTLP takes. The connection ends with
    /// it. Answers whether the request was taken within `timeout`.
    pub async fn ask_anew(
        &self,
        endpoint: &str,
        settings: &ClientSettings,
        signal: Signal,
        timeout: Duration,
    ) -> bool {
        let Ok(client) = GrpcClient::new(endpoint, settings, None) else { return false };
        let call = client.call_asking(signal, Chunks::new(), timeout, None, Some(self.question()));
        matches!(tokio::time::timeout(timeout, call).await, Ok(Ok(_)))
    }

    /// The next request is to ask, unless all is known.
    pub(super) fn ask(&self) {
        if *self.known.borrow() != Known::Several {
            self.is_due.store(true, Ordering::Relaxed);
        }
    }

    /// What a request is to ask, if it is.
    pub(super) fn due(&self) -> Option<Question<'_>> {
        let is_due = self.is_due.load(Ordering::Relaxed) && self.is_due.swap(false, Ordering::Relaxed);
        is_due.then(|| self.question())
    }

    fn question(&self) -> Question<'_> {
        let asked_at = self.sightings.lock().unwrap_or_else(PoisonError::into_inner).changes();
        Question { instances: self, asked_at, is_open: true }
    }

    fn see(&self, asked_at: u64, id: InstanceId) {
        let mut sightings = self.sightings.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = sightings.see(asked_at, id);
        let known = sightings.known();
        // Under the lock, so that what is known of two answers is told in their order.
        self.known.send_if_modified(|before| std::mem::replace(before, known) != known);
        drop(sightings);
        if seen.ask_again() {
            self.ask();
        }
    }
}

/// A question that is put. One that is dropped without an answer is put again.
#[derive(Debug)]
pub(super) struct Question<'a> {
    instances: &'a Instances,
    asked_at: u64,
    is_open: bool,
}

impl Question<'_> {
    /// The request was taken, by whom it says; who does not say is not asked again on the same connection.
    pub(super) fn answered(mut self, id: Option<InstanceId>) {
        self.is_open = false;
        if let Some(id) = id {
            self.instances.see(self.asked_at, id);
        }
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.instances.ask();
        }
    }
}

#[cfg(test)]
#[path = "instances_tests.rs"]
mod tests;
