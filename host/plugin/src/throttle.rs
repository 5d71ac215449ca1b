//! How often something may be said.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So many lines at once, then one an interval. Lock-free, so that a flood costs next to nothing.
///
/// Algorithm: generic cell rate (ITU-T I.371): `next` is when the next line would be due if all came
/// evenly; a line may come early by `burst - 1` intervals.
#[derive(Debug)]
pub(crate) struct Throttle {
    origin: Instant,
    interval: u64,
    early: u64,
    next: AtomicU64,
    suppressed: AtomicU64,
}

impl Throttle {
    /// `burst` lines at once, one an `interval` in the long run.
    pub(crate) fn new(interval: Duration, burst: u32) -> Self {
        let interval = nanos(interval);
        Self {
            origin: Instant::now(),
            interval,
            early: interval.saturating_mul(u64::from(burst.saturating_sub(1))),
            next: AtomicU64::new(0),
            suppressed: AtomicU64::new(0),
        }
    }

    /// Whether a line may be written now: then how many were held back since the last one.
    pub(crate) fn admit(&self) -> Option<u64> {
        self.admit_at(self.origin.elapsed())
    }

    fn admit_at(&self, since_origin: Duration) -> Option<u64> {
        let now = nanos(since_origin);
        let take = |next: u64| {
            (next <= now.saturating_add(self.early)).then(|| next.max(now).saturating_add(self.interval))
        };
        match self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => Some(self.suppressed.swap(0, Ordering::Relaxed)),
            Err(_) => {
                self.suppressed.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "throttle_tests.rs"]
mod tests;
