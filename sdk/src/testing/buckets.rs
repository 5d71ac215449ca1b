//! The token buckets of the policy that is asked, on this thread.

use std::cell::{Cell, RefCell};

use crate::bindings::policy::Bucket;

thread_local! {
    static CURRENT: RefCell<Vec<Level>> = const { RefCell::new(Vec::new()) };
    static RIVALS: Cell<u64> = const { Cell::new(0) };
}

/// A bucket, and how full it is.
#[derive(Clone, Debug)]
pub(super) struct Level {
    bucket: Bucket,
    tokens: f64,
    /// ns since the Unix epoch.
    at: u64,
}

impl Level {
    /// A full bucket.
    pub(super) fn new(bucket: &Bucket, now: u64) -> Self {
        Self { bucket: bucket.clone(), tokens: bucket.burst as f64, at: now }
    }

    fn fill(&mut self, now: u64) {
        let seconds = now.saturating_sub(self.at) as f64 / 1e9;
        self.tokens = (self.tokens + seconds * self.bucket.rate).min(self.bucket.burst as f64);
        self.at = self.at.max(now);
    }
}

/// Runs a call of a policy with its buckets, filled up to `now`.
pub(super) fn with<R>(buckets: &mut Vec<Level>, now: u64, call: impl FnOnce() -> R) -> R {
    buckets.iter_mut().for_each(|level| level.fill(now));
    CURRENT.set(std::mem::take(buckets));
    let result = call();
    *buckets = CURRENT.take();
    result
}

/// What another shard takes of each bucket after it was next asked how full it is.
pub(super) fn set_rivals(amount: u64) {
    RIVALS.set(amount);
}

pub(crate) fn available(quota: u32) -> u64 {
    CURRENT.with_borrow_mut(|levels| {
        let Some(level) = levels.get_mut(quota as usize) else { return 0 };
        let available = level.tokens.floor();
        level.tokens = (level.tokens - RIVALS.take() as f64).max(0.0);
        available as u64
    })
}

pub(crate) fn take(quota: u32, amount: u64) -> bool {
    CURRENT.with_borrow_mut(|levels| {
        let Some(level) = levels.get_mut(quota as usize) else { return false };
        let enough = level.tokens.floor() >= amount as f64;
        if enough {
            level.tokens -= amount as f64;
        }
        enough
    })
}
