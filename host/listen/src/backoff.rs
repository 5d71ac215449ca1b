use std::io;
use std::time::Duration;

/// The first wait after an accept that failed.
const FIRST: Duration = Duration::from_millis(5);
/// The longest wait: new clients are let in at most this long after descriptors are free again.
const LONGEST: Duration = Duration::from_secs(1);

/// Doubling waits between accepts that fail.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// An accept went well.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait after `error`. `None`: it was about that connection only, go on.
    pub(crate) fn after(&mut self, error: &io::Error) -> Option<Duration> {
        if concerns_one_connection(error) {
            return None;
        }
        let wait = FIRST.saturating_mul(1 << self.failures.min(8)).min(LONGEST);
        self.failures += 1;
        Some(wait)
    }

    /// Whether the last failure began a series; the rest of it is not logged again.
    pub(crate) fn is_first(&self) -> bool {
        self.failures == 1
    }
}

/// The client went away before we accepted it.
fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}

#[cfg(test)]
#[path = "backoff_tests.rs"]
mod tests;
