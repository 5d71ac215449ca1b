//! Liveness and readiness.
//!
//! *Live* means that a restart would not help: false only until start-up is complete, and when a worker
//! is stuck or dead. Trouble with resolvers, backends, queues or memory never makes the gateway not live:
//! a restart would lose what it holds and cure nothing.
//!
//! *Ready* means that clients should send here: the gateway is live, is not draining, and every
//! [`Condition`] was met (the first list of endpoints is there). Load never makes it not ready: that would
//! push the load onto the next instance, and so on until none is left. Overload is answered per request.
//!
//! The states follow each other and never go back: starting, running, draining.

mod condition;
mod heartbeat;
mod report;
mod server;

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};

pub use condition::Condition;
use condition::Conditions;
pub use heartbeat::Heartbeat;
use heartbeat::Heartbeats;
pub use server::{Bodies, HealthServer, RunningHealthServer};

/// What the gateway is doing as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Components are being built; nothing is served yet.
    Starting,
    /// Everything that the configuration names is up.
    Running,
    /// It was told to end; it takes nothing new and delivers what it has.
    Draining,
}

/// The gateway's health, shared by those who know about it and the server that tells it.
#[derive(Clone, Debug)]
pub struct Health {
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    phase: AtomicU8,
    up: OnceLock<Up>,
    conditions: Mutex<Conditions>,
    heartbeats: Mutex<Heartbeats>,
}

/// Since when the gateway has been running.
#[derive(Debug)]
struct Up {
    since: Instant,
    /// The same for people, by RFC 3339.
    text: String,
}

impl Default for Health {
    fn default() -> Self {
        Self::new()
    }
}

impl Health {
    /// The health of a gateway that is starting.
    #[must_use]
    pub fn new() -> Self {
        let state = State {
            phase: AtomicU8::new(Phase::Starting as u8),
            up: OnceLock::new(),
            conditions: Mutex::default(),
            heartbeats: Mutex::new(Heartbeats::new(Instant::now())),
        };
        Self { state: Arc::new(state) }
    }

    /// Start-up is complete.
    pub fn set_running(&self) {
        self.state.up.get_or_init(|| Up { since: Instant::now(), text: now_as_text() });
        self.state.phase.fetch_max(Phase::Running as u8, Ordering::SeqCst);
    }

    /// The gateway was told to end.
    pub fn set_draining(&self) {
        self.state.phase.fetch_max(Phase::Draining as u8, Ordering::SeqCst);
    }

    /// What the gateway is doing.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.state.phase.load(Ordering::SeqCst) {
            0 => Phase::Starting,
            1 => Phase::Running,
            _ => Phase::Draining,
        }
    }

    /// Registers something that readiness waits for; `name` says what, as in "endpoints of loadbalancing".
    #[must_use]
    pub fn condition(&self, name: impl Into<String>) -> Condition {
        lock(&self.state.conditions).add(name.into())
    }

    /// Registers a worker that must beat at least every `limit`, else the gateway counts as not live.
    #[must_use]
    pub fn heartbeat(&self, name: impl Into<String>, limit: Duration) -> Heartbeat {
        lock(&self.state.heartbeats).add(name.into(), limit)
    }

    /// Starts a task on the current runtime that beats as long as the runtime runs tasks: when its
    /// workers are wedged for `limit`, the gateway counts as not live.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn watch_runtime(&self, name: impl Into<String>, limit: Duration) {
        let heartbeat = self.heartbeat(name, limit);
        let period = (limit / 4).clamp(Duration::from_millis(1), Duration::from_secs(1));
        tokio::spawn(async move {
            loop {
                heartbeat.beat();
                tokio::time::sleep(period).await;
            }
        });
    }

    /// Why the gateway needs a restart, or has not started yet; empty when it is live.
    #[must_use]
    pub fn against_liveness(&self, now: Instant) -> Vec<String> {
        let mut reasons = lock(&self.state.heartbeats).overdue(now);
        reasons.extend(sluice_worker::dead().into_iter().map(|worker| format!("{worker} has died")));
        if self.phase() == Phase::Starting {
            reasons.push("starting".to_owned());
        }
        reasons
    }

    /// Why clients should not send here; empty when it is ready.
    #[must_use]
    pub fn against_readiness(&self, now: Instant) -> Vec<String> {
        let mut reasons = self.against_liveness(now);
        if self.phase() == Phase::Draining {
            reasons.push("draining".to_owned());
        }
        reasons.extend(lock(&self.state.conditions).unmet());
        reasons
    }
}

/// What is behind the lock is whole whenever it is free: a panic elsewhere is no reason not to tell it.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now_as_text() -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
