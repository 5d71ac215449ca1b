//! One backend's way out: what is sent to it, in what order, how often, and what becomes of it.
//!
//! A [`Lane`] takes parts from any task and carries them to its [`Client`]. With a queue it
//! answers when the part is stored, and as many requests are in flight as the queue has consumers; without
//! one it answers when the backend has. A part that waits for its retry holds no consumer, only its room.
//!
//! Every item that goes in comes out exactly once: sent (a backend acknowledged it), lost (counted and logged
//! by the [`Ledger`], with a reason), handed back, or returned to the sender as [`Undelivered`].

mod courier;
mod direct;
mod intake;
mod journal;
mod ledger;
mod outcome;
mod queued;
mod settings;
mod shipment;
mod throttle;

use std::sync::Arc;
use std::time::Instant;

pub use ledger::Ledger;
pub use outcome::{GiveUp, HandBack, Undelivered};
pub use settings::{DEFAULT_MAX_REQUEST_BYTES, LaneName, LaneSettings};
use sluice_otlp::Part;
use sluice_pipeline::Accepted;

use self::courier::Courier;
use self::direct::Direct;
use self::queued::Queued;
use crate::{Client, ExporterMetrics};

/// The way to one backend, shared by all signals. Dropping it retires it.
#[derive(Debug)]
pub struct Lane {
    mode: Mode,
    ledger: Arc<Ledger>,
}

#[derive(Debug)]
enum Mode {
    Queued(Arc<Queued>),
    Direct(Direct),
}

impl Lane {
    /// Opens a lane. Needs a tokio runtime, on which its requests run.
    #[must_use]
    pub fn start(
        name: LaneName,
        client: Client,
        settings: Arc<LaneSettings>,
        metrics: ExporterMetrics,
        hand_back: HandBack,
    ) -> Arc<Self> {
        let ledger = Ledger::new(name, &metrics);
        ledger.series().appear();
        let courier = Courier::new(client, Arc::clone(&settings), Arc::clone(&ledger));
        let mode = match settings.queue.as_ref().filter(|queue| queue.enabled) {
            Some(queue) => {
                let gauges = metrics.queue(&ledger.name().exporter);
                Mode::Queued(Queued::start(courier, queue, gauges, hand_back))
            }
            None => Mode::Direct(Direct::new(courier)),
        };
        Arc::new(Self { mode, ledger })
    }

    /// Takes a part. With a queue: `Ok` when it is stored there, after a wait where `block_on_overflow` asks for one.
    /// Without: `Ok` when the backend acknowledged it or refused it for good, retried as long as `deadline` allows.
    ///
    /// Dropping the future takes the part back where it is not yet stored; an attempt under way is broken off.
    ///
    /// # Errors
    /// Gives back exactly what was not delivered, and why.
    pub async fn send(&self, part: Part, deadline: Option<Instant>) -> Result<Accepted, Undelivered> {
        match &self.mode {
            Mode::Queued(queued) => queued.send(part, deadline).await,
            Mode::Direct(direct) => direct.send(part, deadline).await,
        }
    }

    /// Takes several parts of one request, where it can all or none: a sender that is refused sends the whole
    /// again, and what was taken would arrive twice.
    ///
    /// With a queue that has no room for all of them, and does not make senders wait, none is taken. More than a queue
    /// can ever hold goes in one by one, as room comes free.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_all(
        &self,
        parts: Vec<Part>,
        deadline: Option<Instant>,
    ) -> Result<Accepted, Undelivered> {
        match &self.mode {
            Mode::Queued(queued) => queued.send_all(parts, deadline).await,
            Mode::Direct(direct) => direct.send_all(parts, deadline).await,
        }
    }

    /// Counts and logs what becomes of this lane's items.
    #[must_use]
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Takes nothing any more and hands back what it holds, before this returns; what is in flight goes on,
    /// and is handed back should it fail.
    pub fn retire(&self) {
        match &self.mode {
            Mode::Queued(queued) => queued.retire(),
            Mode::Direct(direct) => direct.retire(),
        }
    }

    /// Takes nothing any more and sends what it holds. What is left at `until` is counted as lost and logged.
    ///
    /// Returns as soon as nothing is held.
    pub async fn drain(&self, until: Instant) {
        match &self.mode {
            Mode::Queued(queued) => queued.drain(until).await,
            Mode::Direct(direct) => direct.drain(until).await,
        }
        self.ledger.flush();
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.retire();
        self.ledger.flush();
    }
}
