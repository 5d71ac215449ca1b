//! Tasks and threads that last as long as the gateway, and which of them have died.
//!
//! A panic ends one task and leaves the process, which then goes on without it: a queue that nobody empties, a ring
//! that follows nobody. Only a restart cures that, so `/health` has to know. Each long-lived task or thread holds
//! an [`Alive`]; `sluice-telemetry` asks for the [`dead`] ones.
//!
//! Invariant: who is dead stays dead. The list is the process's own, as death is: no owner outlives it.

use std::sync::{Mutex, PoisonError};

static DEAD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Held by a worker as long as it works. Dropped by a panic it tells of a death, else of nothing.
#[derive(Debug)]
pub struct Alive {
    name: String,
}

impl Alive {
    /// `name` says to an operator what no longer works, as in "queue of otlp".
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        if std::thread::panicking() {
            died(std::mem::take(&mut self.name));
        }
    }
}

/// A worker has ended that should not have. Logged; the process counts as in need of a restart from now on.
pub fn died(name: impl Into<String>) {
    let worker = name.into();
    tracing::error!(%worker, "a worker has died; the gateway needs a restart");
    DEAD.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
}

/// The workers that have died, in the order in which they did.
#[must_use]
pub fn dead() -> Vec<String> {
    DEAD.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
