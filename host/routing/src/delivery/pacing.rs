use std::time::{Duration, Instant};

use sluice_exporter::{Backoff, RetrySettings};
use sluice_pipeline::{Reason, Refusal};

/// No attempt follows the one before sooner, whatever the settings say.
const SHORTEST: Duration = Duration::from_millis(10);

/// While a client waits, and no retry is configured, what failed is tried again after this; the wait doubles.
const FIRST_INSIDE: Duration = Duration::from_millis(50);
/// The longest wait between such attempts.
const LONGEST_INSIDE: Duration = Duration::from_secs(1);
/// The part of a client's time, and the most of it, that is kept back so that the answer still reaches it.
const ANSWER_SHARE: u32 = 10;
const ANSWER_MOST: Duration = Duration::from_millis(250);

/// When what failed is tried again at level 1. Pure: time and chance are passed in.
#[derive(Clone, Debug)]
pub(crate) struct Pacing {
    settings: RetrySettings,
    backoff: Backoff,
    end: Option<Instant>,
    client_waits: bool,
}

impl Pacing {
    /// By the back-off of the settings; nobody waits for the answer.
    pub(crate) fn unattended(settings: &RetrySettings, now: Instant) -> Self {
        let backoff = Backoff::new(settings, now);
        Self { settings: settings.clone(), backoff, end: None, client_waits: false }
    }

    /// For a client that waits until `deadline`: by the back-off of the settings, or else shortly, as long
    /// as the client waits anyhow.
    pub(crate) fn attended(settings: &RetrySettings, deadline: Option<Instant>, now: Instant) -> Self {
        let inside = RetrySettings {
            enabled: deadline.is_some(),
            initial_interval: FIRST_INSIDE,
            randomization_factor: 0.5,
            multiplier: 2.0,
            max_interval: LONGEST_INSIDE,
            max_elapsed_time: Duration::ZERO,
        };
        let settings = if settings.enabled { settings.clone() } else { inside };
        let backoff = Backoff::new(&settings, now);
        Self {
            settings,
            backoff,
            end: deadline.map(|deadline| answer_time(deadline, now)),
            client_waits: true,
        }
    }

    /// Until when an attempt may take that begins now, with `timeout` for one attempt (zero: none).
    pub(crate) fn attempt_until(&self, timeout: Duration, now: Instant) -> Option<Instant> {
        let limit = if timeout.is_zero() { None } else { now.checked_add(timeout) };
        self.end.into_iter().chain(limit).min()
    }

    /// How long to wait after an attempt that failed; `None`: it was the last.
    ///
    /// A client whose request found no room, and no part of it did, hears so at once: it loses nothing by
    /// sending it again, and the room is needed. Once something was `taken`, its retry would duplicate that.
    pub(crate) fn after_failure(
        &mut self,
        refusal: &Refusal,
        taken: bool,
        now: Instant,
        chance: f64,
    ) -> Option<Duration> {
        let overloaded = refusal.reason == Reason::Overloaded;
        if self.client_waits && overloaded && !taken {
            return None;
        }
        // A full queue of ours asks clients to stay away for a while; it does not mean us.
        let at_least = if overloaded { None } else { refusal.retry_after };
        let wait = self.backoff.after_failure(&self.settings, now, at_least, chance)?.max(SHORTEST);
        match self.end {
            Some(end) if now.checked_add(wait).is_none_or(|due| due >= end) => None,
            _ => Some(wait),
        }
    }
}

/// When the answer has to leave for a client that waits until `deadline`.
fn answer_time(deadline: Instant, now: Instant) -> Instant {
    let left = deadline.saturating_duration_since(now);
    deadline.checked_sub((left / ANSWER_SHARE).min(ANSWER_MOST)).unwrap_or(deadline)
}

#[cfg(test)]
#[path = "pacing_tests.rs"]
mod tests;
