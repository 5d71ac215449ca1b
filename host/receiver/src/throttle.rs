use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Lets one log line through per period, and says how many it held back: a client that sends junk, or an
/// overload, must not fill the disk.
#[derive(Debug)]
pub(crate) struct Throttle {
    base: Instant,
    period: Duration,
    /// Milliseconds from `base` from which on the next line may pass.
    next: AtomicU64,
    held_back: AtomicU64,
}

impl Throttle {
    pub(crate) fn new(period: Duration) -> Self {
        Self { base: Instant::now(), period, next: AtomicU64::new(0), held_back: AtomicU64::new(0) }
    }

    /// `Some` when a line may be written at `now`: how many were held back since the last one.
    pub(crate) fn pass(&self, now: Instant) -> Option<u64> {
        let now = millis(now.saturating_duration_since(self.base));
        let next = self.next.load(Ordering::Relaxed);
        let after = now.saturating_add(millis(self.period));
        // Of several at the same time, one wins.
        let wins = now >= next
            && self.next.compare_exchange(next, after, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if wins {
            Some(self.held_back.swap(0, Ordering::Relaxed))
        } else {
            self.held_back.fetch_add(1, Ordering::Relaxed);
            None
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "throttle_tests.rs"]
mod tests;
