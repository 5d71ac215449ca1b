use std::time::{Duration, Instant};

use sluice_telemetry::admin::Draining;

/// Notices that nobody sends any more. Time is an argument.
#[derive(Debug)]
pub(super) struct Quiet {
    /// How long it has to be quiet.
    least: Duration,
    since: Instant,
    /// `None` before the first report.
    requests: Option<u64>,
}

impl Quiet {
    pub(super) fn new(now: Instant, least: Duration) -> Self {
        Self { least, since: now, requests: None }
    }

    /// Whether no request has come for long enough, and nothing is held, by this report of now.
    pub(super) fn is_drained(&mut self, now: Instant, report: Draining) -> bool {
        if self.requests != Some(report.requests) {
            self.requests = Some(report.requests);
            self.since = now;
        }
        now.saturating_duration_since(self.since) >= self.least && report.held_traces == 0
    }
}

#[cfg(test)]
#[path = "quiet_tests.rs"]
mod tests;
