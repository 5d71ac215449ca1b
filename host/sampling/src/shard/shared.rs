use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::crowd::Crowd;
use super::waits::Waits;
use crate::capture::Tap;
use crate::explain::Explanations;
use crate::metrics::Counters;
use crate::{PolicyRule, SamplingSettings};

/// What the shards of a sampler share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: SamplingSettings,
    pub(crate) policies: std::sync::Arc<[PolicyRule]>,
    pub(crate) counters: Counters,
    pub(crate) explanations: Explanations,
    pub(crate) tap: Tap,
    pub(super) crowd: Crowd,
    waits: Mutex<Waits>,
    /// Shards so far.
    shards: AtomicUsize,
    /// For each shard how old its oldest trace is, in ms.
    oldest: Box<[AtomicU64]>,
    /// Traces held in all shards.
    traces: AtomicU64,
    /// Bytes held in all shards.
    stored: AtomicU64,
    /// Spans held in all shards.
    spans: AtomicU64,
    /// Bytes of requests that wait for a shard.
    arriving: AtomicU64,
    /// Bytes that were released and are not passed on yet.
    leaving: AtomicU64,
}

/// What one shard holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Holding {
    pub(super) traces: u64,
    pub(super) bytes: u64,
    pub(super) spans: u64,
}

impl Shared {
    pub(crate) fn new(
        settings: SamplingSettings,
        policies: std::sync::Arc<[PolicyRule]>,
        counters: Counters,
    ) -> Self {
        let (most, most_bytes) = (settings.explained, settings.explained_bytes);
        let explanations = Explanations::new(most, most_bytes, std::sync::Arc::clone(&policies));
        let oldest = (0..settings.shards.max(1)).map(|_| AtomicU64::new(0)).collect();
        Self {
            settings,
            policies,
            counters,
            explanations,
            tap: Tap::default(),
            crowd: Crowd::default(),
            waits: Mutex::default(),
            shards: AtomicUsize::new(0),
            oldest,
            traces: AtomicU64::new(0),
            stored: AtomicU64::new(0),
            spans: AtomicU64::new(0),
            arriving: AtomicU64::new(0),
            leaving: AtomicU64::new(0),
        }
    }

    /// The number of one more shard.
    pub(super) fn enter(&self) -> usize {
        self.shards.fetch_add(1, Ordering::Relaxed)
    }

    /// Traces were decided that had begun at these moments. Locked once for all that are decided together.
    pub(super) fn waited(&self, firsts: impl Iterator<Item = Duration>, now: Duration) {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        firsts.for_each(|first| waits.add(now.saturating_sub(first), now));
    }

    /// Tells how old the oldest trace is, of which a shard says how old its own is, and how long traces waited.
    pub(super) fn tell_times(&self, shard: usize, oldest: Duration, now: Duration) {
        if let Some(of_shard) = self.oldest.get(shard) {
            of_shard.store(u64::try_from(oldest.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        let ages = self.oldest.iter().map(|age| age.load(Ordering::Relaxed));
        let oldest = Duration::from_millis(ages.max().unwrap_or_default());
        self.counters.oldest.set(oldest.as_secs_f64());
        let shares = crate::metrics::QUANTILES.map(|(_, share)| share);
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner).quantiles(shares, now);
        for (gauge, wait) in self.counters.waits.iter().zip(waits) {
            gauge.set(wait.map_or(f64::NAN, |wait| wait.as_secs_f64()));
        }
    }

    /// A shard holds something else now than before.
    pub(super) fn update(&self, before: Holding, now: Holding) {
        let change = |total: &AtomicU64, before: u64, now: u64| {
            // Wraps where it falls; the sum over all shards never does.
            total
                .fetch_add(now.wrapping_sub(before), Ordering::Relaxed)
                .wrapping_add(now.wrapping_sub(before))
        };
        self.counters.traces_held.set(as_gauge(change(&self.traces, before.traces, now.traces)));
        change(&self.stored, before.bytes, now.bytes);
        self.counters.spans_held.set(as_gauge(change(&self.spans, before.spans, now.spans)));
        self.counters.bytes_held.set(as_gauge(self.held_bytes()));
    }

    /// What all shards hold.
    pub(super) fn holding(&self) -> Holding {
        let [traces, bytes, spans] =
            [&self.traces, &self.stored, &self.spans].map(|held| held.load(Ordering::Relaxed));
        Holding { traces, bytes, spans }
    }

    pub(crate) fn traces(&self) -> u64 {
        self.traces.load(Ordering::Relaxed)
    }

    /// Bytes held in shards.
    pub(crate) fn stored_bytes(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Bytes held in all, on the way in and out too.
    pub(crate) fn held_bytes(&self) -> u64 {
        self.stored_bytes()
            .saturating_add(self.arriving.load(Ordering::Relaxed))
            .saturating_add(self.leaving.load(Ordering::Relaxed))
    }

    /// Whether a request of so many bytes may come in.
    pub(crate) fn has_room_for(&self, bytes: usize) -> bool {
        self.held_bytes().saturating_add(bytes as u64) <= self.settings.max_bytes
    }

    /// Bytes that were released and are not passed on yet.
    pub(crate) fn leaving(&self) -> u64 {
        self.leaving.load(Ordering::Relaxed)
    }

    pub(crate) fn arrives(&self, bytes: usize) {
        self.arriving.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn has_arrived(&self, bytes: usize) {
        self.arriving.fetch_sub(bytes as u64, Ordering::Relaxed);
        self.counters.bytes_held.set(as_gauge(self.held_bytes()));
    }

    pub(crate) fn leaves(&self, bytes: usize) {
        self.leaving.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn has_left(&self, bytes: usize) {
        self.leaving.fetch_sub(bytes as u64, Ordering::Relaxed);
        self.counters.bytes_held.set(as_gauge(self.held_bytes()));
    }
}

fn as_gauge(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
