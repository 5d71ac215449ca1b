use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::bindings::policy::Bucket;

/// How far time may step back without being taken for another time, in ns: shards that decide side by side each go by the
/// time at which they began to.
const BEHIND: u64 = 5_000_000_000;

/// The token buckets of one policy: shared by all its instances, whoever calls them, and kept when the plugin is
/// swapped.
///
/// A token bucket starts full and is refilled continuously, as golang.org/x/time/rate does for the Collector. Time
/// is what the batch says, so a replay draws as the live sampler did. Where time steps back, nothing is refilled, and where
/// the clock was set back it goes on from there.
///
/// The lock is held for a few additions, by shards that decide at the same moment; nothing else takes it.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    buckets: Mutex<HashMap<String, Level>>,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    tokens: f64,
    /// ns since the Unix epoch.
    at: u64,
}

impl Quotas {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Level>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in a bucket at a time.
    fn level(&self, bucket: &Bucket, now: u64) -> f64 {
        match self.lock().get_mut(&bucket.name) {
            Some(level) => level.refilled(bucket, now),
            None => burst(bucket),
        }
    }

    fn take(&self, bucket: &Bucket, now: u64, amount: u64) -> bool {
        let mut buckets = self.lock();
        let (tokens, at) = match buckets.get_mut(&bucket.name) {
            Some(level) => (level.refilled(bucket, now), level.at.max(now)),
            None => (burst(bucket), now),
        };
        let amount = as_tokens(amount);
        if amount > tokens {
            return false;
        }
        buckets.insert(bucket.name.clone(), Level { tokens: tokens - amount, at });
        true
    }

    fn give(&self, bucket: &Bucket, amount: u64) {
        if let Some(level) = self.lock().get_mut(&bucket.name) {
            level.tokens = (level.tokens + as_tokens(amount)).min(burst(bucket));
        }
    }
}

impl Level {
    #[expect(clippy::cast_precision_loss, reason = "a span of time in ns, whose last bits make no token")]
    fn refilled(&mut self, bucket: &Bucket, now: u64) -> f64 {
        if self.at.saturating_sub(now) > BEHIND {
            self.at = now;
        }
        let seconds = now.saturating_sub(self.at) as f64 / 1e9;
        (self.tokens + seconds * bucket.rate).min(burst(bucket))
    }
}

fn burst(bucket: &Bucket) -> f64 {
    as_tokens(bucket.burst)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "amounts of spans and bytes, below 2^53 in any bucket that can fill"
)]
fn as_tokens(amount: u64) -> f64 {
    amount as f64
}

/// What one call may draw on, and what it has drawn.
#[derive(Debug)]
pub(crate) struct Draw {
    quotas: Arc<Quotas>,
    buckets: Arc<[Bucket]>,
    now: u64,
    taken: Vec<(u32, u64)>,
}

impl Draw {
    pub(crate) fn new(quotas: Arc<Quotas>, buckets: Arc<[Bucket]>, now: u64) -> Self {
        Self { quotas, buckets, now, taken: Vec::new() }
    }

    /// Whole tokens in a bucket.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never below 0")]
    pub(crate) fn available(&self, quota: u32) -> u64 {
        self.buckets.get(quota as usize).map_or(0, |bucket| self.quotas.level(bucket, self.now) as u64)
    }

    /// Takes all, or nothing and answers false.
    pub(crate) fn take(&mut self, quota: u32, amount: u64) -> bool {
        let Some(bucket) = self.buckets.get(quota as usize) else { return false };
        let taken = self.quotas.take(bucket, self.now, amount);
        if taken {
            // One entry a bucket: a guest must not make the host's memory grow.
            match self.taken.iter_mut().find(|(of, _)| *of == quota) {
                Some((_, total)) => *total = total.saturating_add(amount),
                None => self.taken.push((quota, amount)),
            }
        }
        taken
    }

    /// Undoes what was taken.
    pub(crate) fn give_back(self) {
        for (quota, amount) in &self.taken {
            if let Some(bucket) = self.buckets.get(*quota as usize) {
                self.quotas.give(bucket, *amount);
            }
        }
    }
}

#[cfg(test)]
#[path = "quota_tests.rs"]
mod tests;
