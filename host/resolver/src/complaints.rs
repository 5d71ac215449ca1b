use std::time::Duration;

use tokio::time::Instant;

/// Decides which failures are worth a line in the log: the first of a series, and one that has another reason than
/// the last that was told, though at most one a minute.
#[derive(Debug, Default)]
pub(crate) struct Complaints {
    /// Of the current series.
    failures: u32,
    told: Option<(String, Instant)>,
}

impl Complaints {
    const INTERVAL: Duration = Duration::from_secs(60);

    /// Counts a failure; answers whether to say so.
    pub(crate) fn failed(&mut self, reason: &str, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        let is_due = self
            .told
            .as_ref()
            .is_none_or(|(before, at)| before != reason && now.duration_since(*at) >= Self::INTERVAL);
        if is_due {
            self.told = Some((reason.to_owned(), now));
        }
        is_due
    }

    /// Ends a series of failures; answers how many there were.
    pub(crate) fn succeeded(&mut self) -> u32 {
        self.told = None;
        std::mem::take(&mut self.failures)
    }
}

#[cfg(test)]
#[path = "complaints_tests.rs"]
mod tests;
