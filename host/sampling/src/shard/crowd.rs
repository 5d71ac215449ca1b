use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::shared::Holding;
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
    /// A trace was decided early, so long after its first span, while so much is held.
    pub(super) fn evicted(
        &self,
        waited: Duration,
        now: Duration,
        settings: &SamplingSettings,
        held: &Holding,
    ) {
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX - 1) + 1;
        let said = self.said.load(Ordering::Relaxed);
        let is_due = said == 0 || u128::from(now.saturating_sub(said)) >= INTERVAL.as_millis();
        if !is_due || self.said.compare_exchange(said, now, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        tracing::warn!("{}", words(waited, settings, held));
    }
}

/// What there is room for, and what it would take.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate"
)]
fn words(waited: Duration, settings: &SamplingSettings, held: &Holding) -> String {
    let (wait, most, mib) =
        (settings.decision_wait.as_secs_f64(), settings.num_traces, settings.max_bytes >> 20);
    let waited = waited.as_secs_f64().max(0.001);
    let more = wait / waited;
    let (traces, gib) = ((held.traces as f64 * more) as u64, held.bytes as f64 * more / f64::from(1 << 30));
    format!(
        "traces are decided early: num_traces {most} and max_memory_mib {mib} allow {waited:.1} s of decision_wait \
         {wait:.1} s; it takes about {traces} traces, which are {gib:.1} GiB"
    )
}

#[cfg(test)]
#[path = "crowd_tests.rs"]
mod tests;
