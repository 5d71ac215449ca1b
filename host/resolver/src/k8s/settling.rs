use std::time::Duration;

use tokio::time::Instant;

/// Waits for the end of a burst of changes, so that a rollout that touches several slices is one list. Pure.
#[derive(Debug, Default)]
pub(super) struct Settling {
    burst: Option<Burst>,
}

#[derive(Clone, Copy, Debug)]
struct Burst {
    first: Instant,
    last: Instant,
}

impl Settling {
    /// A burst is over when nothing changed for so long.
    pub(super) const QUIET: Duration = Duration::from_millis(50);
    /// One that does not end is told of after so long.
    pub(super) const LONGEST: Duration = Duration::from_millis(250);

    /// Something changed.
    pub(super) fn changed(&mut self, now: Instant) {
        let first = self.burst.map_or(now, |burst| burst.first);
        self.burst = Some(Burst { first, last: now });
    }

    /// When to announce what changed.
    pub(super) fn due(&self) -> Option<Instant> {
        self.burst.map(|burst| (burst.last + Self::QUIET).min(burst.first + Self::LONGEST))
    }

    /// It has been announced.
    pub(super) fn settled(&mut self) {
        self.burst = None;
    }
}

#[cfg(test)]
#[path = "settling_tests.rs"]
mod tests;
