//! The clock that deadlines are measured with.
//!
//! One thread moves the engine's epoch on. It counts the ticks that it lived through and does not make
//! up for those that it missed: when the whole process is held (a throttled container, a suspended
//! machine), no guest is cut off for time that it did not have.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use sluice_worker::Alive;
use wasmtime::Engine;

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_millis(10);

/// A tenth of the deadline, within 1 to 10 ms: precise enough to cut a call off no later than a fifth
/// past its deadline, and at the default of 100 ms only 100 wake-ups a second.
pub(super) fn interval(deadline: Duration) -> Duration {
    (deadline / 10).clamp(SHORTEST, LONGEST)
}

/// Starts the thread. It ends within one tick when nothing uses the engine any more: not when the host
/// goes, since routing keys may outlive it and must stay bounded.
pub(super) fn start(engine: &Engine, tick: Duration) -> io::Result<()> {
    let engine = engine.weak();
    let run = move || {
        let _alive = Alive::new("clock of the plugins' deadlines");
        loop {
            sleep(tick);
            match engine.upgrade() {
                Some(engine) => engine.increment_epoch(),
                None => break,
            }
        }
    };
    thread::Builder::new().name("plugin-ticker".to_owned()).spawn(run).map(drop)
}

/// Parks the thread until the time has passed, however often it is woken before.
fn sleep(time: Duration) {
    let end = Instant::now() + time;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        thread::park_timeout(left);
    }
}
