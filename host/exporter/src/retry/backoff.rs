use std::time::{Duration, Instant};

use super::RetrySettings;

/// Waits between the attempts of one request: exponential, with jitter, for a bounded time.
///
/// The Collector's: `exporterhelper`'s retry sender over `cenkalti/backoff`. An interval starts at
/// `initial_interval` and grows by `multiplier` up to `max_interval`; each wait is drawn evenly from around it.
#[derive(Clone, Debug)]
pub struct Backoff {
    interval: Duration,
    give_up: Option<Instant>,
}

impl Backoff {
    /// The state before the first failure of a request whose first attempt begins at `now`.
    #[must_use]
    pub fn new(settings: &RetrySettings, now: Instant) -> Self {
        let give_up = match settings.max_elapsed_time {
            Duration::ZERO => None,
            // A time too far away to name is never reached.
            limit => now.checked_add(limit),
        };
        Self { interval: settings.initial_interval.min(settings.max_interval), give_up }
    }

    /// How long to wait after a failure at `now`; `None` when there is nothing left to try.
    ///
    /// `at_least` is what the server asked for (OTLP's `RetryInfo`); `chance` lies in 0..1.
    pub fn after_failure(
        &mut self,
        settings: &RetrySettings,
        now: Instant,
        at_least: Option<Duration>,
        chance: f64,
    ) -> Option<Duration> {
        if !settings.enabled {
            return None;
        }
        let spread = settings.randomization_factor.clamp(0.0, 1.0) * (2.0 * chance.clamp(0.0, 1.0) - 1.0);
        let drawn = scaled(self.interval, 1.0 + spread);
        self.interval = scaled(self.interval, settings.multiplier.max(1.0)).min(settings.max_interval);
        let wait = drawn.max(at_least.unwrap_or_default());
        match self.give_up {
            Some(end) if now.checked_add(wait).is_none_or(|due| due > end) => None,
            _ => Some(wait),
        }
    }
}

/// A duration times a factor of at least zero; what does not fit becomes the longest there is.
fn scaled(duration: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

#[cfg(test)]
#[path = "backoff_tests.rs"]
mod tests;
