use std::time::Duration;

use tokio::time::Instant;

/// Decides which failures are worth a line in the log: the first of a series, then one a minute.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    /// Of the current series.
    failures: u32,
    last: Option<Instant>,
}

impl Complaints {
    const INTERVAL: Duration = Duration::from_secs(60);

    /// Counts a failure; answers whether to say so.
    pub(super) fn failed(&mut self, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        let is_due = self.last.is_none_or(|last| now.duration_since(last) >= Self::INTERVAL);
        if is_due {
            self.last = Some(now);
        }
        is_due
    }

    /// Ends a series of failures; answers how many there were.
    pub(super) fn succeeded(&mut self) -> u32 {
        self.last = None;
        std::mem::take(&mut self.failures)
    }
}

#[cfg(test)]
#[path = "complaints_tests.rs"]
mod tests;
