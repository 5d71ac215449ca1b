use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// Leaves a plugin alone that wastes time, so that not every request pays for it again.
///
/// A circuit breaker with exponential back-off. What trips it is a request that ran out of its
/// [`Budget`](super::Budget) of lost time, not a single slow call and not quick failures, which
/// cost little and may be one tenant's alone. When a pause is over, one request tries the plugin while
/// the others still pass by; what comes of it decides.
#[derive(Debug)]
pub(crate) struct Breaker {
    origin: Instant,
    /// ns since `origin` until which nobody is let through; 0 while all are.
    closed_until: AtomicU64,
    /// How often it tripped in a row.
    trips: AtomicU32,
}

/// How a request is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// As usual.
    Usual,
    /// To find out whether the plugin is in order again.
    Trial,
    /// Not at all.
    Refused,
}

impl Breaker {
    pub(crate) fn new() -> Self {
        Self { origin: Instant::now(), closed_until: AtomicU64::new(0), trips: AtomicU32::new(0) }
    }

    pub(crate) fn admit(&self) -> Admission {
        self.admit_at(self.origin.elapsed())
    }

    /// Whether the plugin is left alone now; for requests that are under way.
    pub(crate) fn is_pausing(&self) -> bool {
        self.closed_until.load(Ordering::Relaxed) > nanos(self.origin.elapsed())
    }

    /// Tells how a request that was let through went. A trial that did not overdraw ends the pauses: `true`.
    pub(crate) fn report(&self, admission: Admission, overdrawn: bool) -> bool {
        self.report_at(admission, overdrawn, self.origin.elapsed())
    }

    fn admit_at(&self, now: Duration) -> Admission {
        let until = self.closed_until.load(Ordering::Relaxed);
        let now = nanos(now);
        if until == 0 {
            return Admission::Usual;
        }
        if now < until {
            return Admission::Refused;
        }
        // Whoever moves the end of the pause on is the one to try.
        let next = now.saturating_add(self.pause());
        match self.closed_until.compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => Admission::Trial,
            Err(_) => Admission::Refused,
        }
    }

    fn report_at(&self, admission: Admission, overdrawn: bool, now: Duration) -> bool {
        if overdrawn {
            self.trip(admission, nanos(now));
            return false;
        }
        if admission != Admission::Trial {
            return false;
        }
        self.trips.store(0, Ordering::Relaxed);
        self.closed_until.store(0, Ordering::Relaxed);
        true
    }

    /// Requests that overdrew side by side count as one.
    fn trip(&self, admission: Admission, now: u64) {
        let until = self.closed_until.load(Ordering::Relaxed);
        if until > now && admission != Admission::Trial {
            return;
        }
        let next = now.saturating_add(self.pause());
        if self.closed_until.compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.trips.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn pause(&self) -> u64 {
        let doublings = self.trips.load(Ordering::Relaxed).min(16);
        nanos((SHORTEST * (1 << doublings)).min(LONGEST))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "breaker_tests.rs"]
mod tests;
