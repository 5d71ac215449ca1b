use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::SamplingSettings;

/// How often the log says that there is no room.
const INTERVAL: Duration = Duration::from_secs(60);

/// Tells the log how long traces really wait, while some are decided early for want of room: when that begins, and then
/// once a minute.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    /// When it was said last, in ms since the sampler began, and one; 0: never.
    said: AtomicU64,
}

impl Crowd {
    /// A trace was decided early, so long after its first span.
    pub(super) fn evicted(&self, waited: Duration, now: Duration, settings: &SamplingSettings) {
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX - 1) + 1;
        let said = self.said.load(Ordering::Relaxed);
        let is_due = said == 0 || u128::from(now.saturating_sub(said)) >= INTERVAL.as_millis();
        if !is_due || self.said.compare_exchange(said, now, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        tracing::warn!("{}", words(waited, settings));
    }
}

/// What there is room for, and what it would take.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate"
)]
fn words(waited: Duration, settings: &SamplingSettings) -> String {
    let (wait, traces) = (settings.decision_wait.as_secs_f64(), settings.num_traces);
    let waited = waited.as_secs_f64().max(0.001);
    let needed = (traces as f64 * wait / waited) as u64;
    let mib = settings.max_bytes >> 20;
    format!(
        "traces are decided early: num_traces {traces} and max_memory_mib {mib} allow {waited:.1} s of decision_wait \
         {wait:.1} s; it takes about {needed} traces"
    )
}

#[cfg(test)]
#[path = "crowd_tests.rs"]
mod tests;
