use std::sync::atomic::{AtomicU64, Ordering};

use super::crowd::Crowd;
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
    pub(super) crowd: Crowd,
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
        Self {
            settings,
            policies,
            counters,
            explanations,
            crowd: Crowd::default(),
            traces: AtomicU64::new(0),
            stored: AtomicU64::new(0),
            spans: AtomicU64::new(0),
            arriving: AtomicU64::new(0),
            leaving: AtomicU64::new(0),
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
