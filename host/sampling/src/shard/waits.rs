use std::time::Duration;

/// What is told covers so long, to twice as long.
const PERIOD: Duration = Duration::from_secs(60);

/// Steps within a factor of two: what is told is right to 1.6 %.
const STEPS: u64 = 32;

/// Up to 2^27 ms, more than a day.
const BUCKETS: usize = 23 * STEPS as usize;

/// How long traces waited that were decided lately.
///
/// Pure: moments are told. Counts in buckets that grow with what they stand for, as in HdrHistogram: up to 64 ms each
/// is 1 ms wide, then 32 to a factor of two.
#[derive(Debug)]
pub(super) struct Waits {
    /// Of the present period.
    present: Window,
    /// Of the one before.
    before: Window,
    /// When the present one ends.
    end: Duration,
}

#[derive(Debug)]
struct Window {
    counts: Box<[u32]>,
    total: u64,
}

impl Default for Waits {
    fn default() -> Self {
        Self { present: Window::new(), before: Window::new(), end: PERIOD }
    }
}

impl Waits {
    /// A trace waited so long.
    pub(super) fn add(&mut self, waited: Duration, now: Duration) {
        self.pass(now);
        let bucket = bucket(u64::try_from(waited.as_millis()).unwrap_or(u64::MAX));
        if let Some(count) = self.present.counts.get_mut(bucket) {
            *count = count.saturating_add(1);
            self.present.total += 1;
        }
    }

    /// How long the share of traces that waited least did at the most, for several shares from 0 to 1; `None` where none
    /// was decided lately.
    pub(super) fn quantiles<const N: usize>(
        &mut self,
        shares: [f64; N],
        now: Duration,
    ) -> [Option<Duration>; N] {
        self.pass(now);
        let total = self.present.total + self.before.total;
        shares.map(|share| {
            let rank = rank(share, total);
            let mut passed = 0;
            let counts = self.present.counts.iter().zip(&self.before.counts);
            let counts = counts.map(|(present, before)| u64::from(*present) + u64::from(*before));
            let found = counts.enumerate().find(|(_, count)| {
                passed += count;
                *count > 0 && passed >= rank
            });
            found.map(|(bucket, _)| Duration::from_micros(middle(bucket as u64)))
        })
    }

    /// Ends periods that are over.
    fn pass(&mut self, now: Duration) {
        if now < self.end {
            return;
        }
        if now < self.end + PERIOD {
            std::mem::swap(&mut self.present, &mut self.before);
        } else {
            self.before.clear();
        }
        self.present.clear();
        self.end = now + PERIOD;
    }
}

impl Window {
    fn new() -> Self {
        Self { counts: vec![0; BUCKETS].into(), total: 0 }
    }

    fn clear(&mut self) {
        if self.total > 0 {
            self.counts.fill(0);
            self.total = 0;
        }
    }
}

/// Which of so many is the last one of a share of them, from 1.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of some traces"
)]
fn rank(share: f64, total: u64) -> u64 {
    ((total as f64 * share).ceil() as u64).max(1)
}

/// The bucket of so many ms.
fn bucket(millis: u64) -> usize {
    let shift = millis.max(STEPS).ilog2() - STEPS.ilog2();
    let bucket = u64::from(shift) * STEPS + (millis >> shift);
    usize::try_from(bucket).unwrap_or(BUCKETS).min(BUCKETS - 1)
}

/// The middle of a bucket, in us.
fn middle(bucket: u64) -> u64 {
    if bucket < 2 * STEPS {
        return bucket * 1000;
    }
    let shift = bucket / STEPS - 1;
    let first = (bucket - shift * STEPS) << shift;
    first * 1000 + (1000 << shift) / 2
}

#[cfg(test)]
#[path = "waits_tests.rs"]
mod tests;
