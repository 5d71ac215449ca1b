use std::time::Duration;

/// How long to wait after a failure: longer with each, and not the same for all gateways. Pure.
#[derive(Debug)]
pub(super) struct Backoff {
    failures: u32,
    longest: Duration,
}

impl Backoff {
    const SHORTEST: Duration = Duration::from_millis(500);

    /// Waits of up to `longest`.
    pub(super) fn up_to(longest: Duration) -> Self {
        Self { failures: 0, longest }
    }

    /// The time to wait after one more failure; `random` is from 0 to 1.
    pub(super) fn failed(&mut self, random: f64) -> Duration {
        let doubled = Self::SHORTEST.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1).min(16);
        doubled.min(self.longest).mul_f64(0.5 + 0.5 * random.clamp(0.0, 1.0))
    }

    /// A series of failures is over.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
#[path = "backoff_tests.rs"]
mod tests;
