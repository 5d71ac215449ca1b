//! The thread of a shard.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use sluice_otlp::Payload;
use sluice_worker::Alive;
use tokio::sync::mpsc::UnboundedSender;

use super::Command;
use crate::clock::Moment;
use crate::shard::{Shard, Shared};
use crate::store::TICK;

/// Starts a shard's thread. It ends when it is told to, or when nobody can tell it anything any more.
pub(super) fn start(
    id: &str,
    number: usize,
    shared: Arc<Shared>,
    inbox: Receiver<Command>,
    released: UnboundedSender<Payload>,
) -> std::io::Result<()> {
    let name = format!("{id} shard {number}");
    let work = move || {
        let _alive = Alive::new(name);
        Worker { origin: Instant::now(), shard: Shard::new(Arc::clone(&shared)), shared, released }
            .run(&inbox);
    };
    thread::Builder::new().name(format!("sampling-{number}")).spawn(work).map(drop)
}

struct Worker {
    origin: Instant,
    shard: Shard,
    shared: Arc<Shared>,
    released: UnboundedSender<Payload>,
}

impl Worker {
    fn run(mut self, inbox: &Receiver<Command>) {
        let mut next_tick = self.origin + TICK;
        loop {
            let wait = next_tick.saturating_duration_since(Instant::now());
            let command =
                if wait.is_zero() { Err(RecvTimeoutError::Timeout) } else { inbox.recv_timeout(wait) };
            match command {
                Ok(Command::Ingest { payload, leaves, bytes }) => {
                    let now = self.now();
                    self.shard.ingest(&payload, &leaves, now);
                    drop(payload);
                    self.shared.has_arrived(bytes);
                }
                Err(RecvTimeoutError::Timeout) => {
                    let now = self.now();
                    self.shard.tick(now);
                    next_tick = after(next_tick, Instant::now());
                }
                Ok(Command::End) | Err(RecvTimeoutError::Disconnected) => break,
            }
            self.pass_on();
        }
        let now = self.now();
        self.shard.shut_down(now);
        self.pass_on();
    }

    fn pass_on(&mut self) {
        for payload in self.shard.take_released() {
            let (bytes, spans) = (payload.request.body().len(), payload.items() as u64);
            self.shared.leaves(bytes);
            if self.released.send(payload).is_err() {
                // The output has died, of which `/health` tells.
                self.shared.has_left(bytes);
                self.shared.counters.undelivered_spans.inc_by(spans);
            }
        }
    }

    fn now(&self) -> Moment {
        let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Moment {
            steady: self.origin.elapsed(),
            unix_nanos: u64::try_from(unix.as_nanos()).unwrap_or(u64::MAX),
        }
    }
}

/// The next tick that is not over yet: a late one makes up for those that were missed.
fn after(tick: Instant, now: Instant) -> Instant {
    let missed = now.saturating_duration_since(tick).as_nanos() / TICK.as_nanos();
    tick + TICK * u32::try_from(missed.saturating_add(1)).unwrap_or(u32::MAX)
}
