//! A sampler that decides on recorded requests, with a clock that goes by the recording.
//!
//! It is the shard of a running sampler, on its own: all else that a sampler has is threads and queues around shards. Nothing
//! in it is left to chance, so that the same requests with the same policies give the same decisions in the same order.

mod content;
mod time;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

pub use content::ServiceShare;
use prometheus_client::registry::Registry;
use sluice_otlp::{Payload, Request};
pub use time::arrival;

use crate::capture::Capture;
use crate::metrics::SamplingMetrics;
use crate::shard::{Shard, Shared};
use crate::store::{TICK, Tick, tick_before};
use crate::{Explained, Moment, PolicyRule, SamplingSettings};

/// A decision on a recorded trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// What was decided, and why.
    pub decision: Explained,
    /// The services that the trace's spans are of, by name.
    pub services: Vec<ServiceShare>,
}

/// A sampler that is told what was recorded.
#[derive(Debug)]
pub struct Replay {
    shared: Arc<Shared>,
    shard: Shard,
    /// Shows the traces that are decided.
    traces: Capture,
    /// When the first request arrived, in ns since the Unix epoch.
    origin: Option<u64>,
    /// The time now, in ns since the Unix epoch.
    clock: u64,
    kept_spans: u64,
    kept_bytes: u64,
}

impl Replay {
    /// A sampler that has nothing yet. It has one shard, and neither drops what is pending at the end nor keeps what it
    /// decides against, whatever `settings` say.
    #[must_use]
    pub fn new(settings: SamplingSettings, policies: Vec<PolicyRule>) -> Self {
        let settings = SamplingSettings {
            shards: 1,
            dry_run: false,
            explained: usize::MAX,
            explained_bytes: usize::MAX,
            ..settings
        };
        let counters = SamplingMetrics::register(&mut Registry::default()).counters("replay", &policies);
        let shared = Arc::new(Shared::new(settings, policies.into(), counters));
        let traces = Capture::of_replay(&shared);
        let shard = Shard::without_chance(Arc::clone(&shared));
        Self { shared, shard, traces, origin: None, clock: 0, kept_spans: 0, kept_bytes: 0 }
    }

    /// Takes a request that arrives at this moment (ns since the Unix epoch), or now where that is over. Answers with all that
    /// was decided since the one before.
    pub fn take(&mut self, request: &Request, arrival: u64) -> Vec<Replayed> {
        let origin = *self.origin.get_or_insert(arrival);
        let unix_nanos = self.clock.max(arrival);
        let now = Moment { steady: since(origin, unix_nanos), unix_nanos };
        let mut decided = self.tick_until(Some(tick_before(now.steady)));
        self.clock = unix_nanos;
        let all: Range<u32> = 0..request.index().leaves.len() as u32;
        // A recording has no headers of requests.
        self.shard.ingest(&Payload::bare(request.clone()), &[all], now);
        decided.extend(self.decided());
        decided
    }

    /// Nothing more comes: lets the time go by until all is decided.
    pub fn finish(&mut self) -> Vec<Replayed> {
        self.tick_until(None)
    }

    /// The time now, in ns since the Unix epoch; 0 where nothing has arrived.
    #[must_use]
    pub fn clock(&self) -> u64 {
        self.clock
    }

    /// Spans that are kept by now, those that came late for their trace included.
    #[must_use]
    pub fn kept_spans(&self) -> u64 {
        self.kept_spans
    }

    /// Encoded bytes of these spans, as they are passed on.
    #[must_use]
    pub fn kept_bytes(&self) -> u64 {
        self.kept_bytes
    }

    /// Spans that came after the decision on their trace and followed it: not kept, and kept.
    #[must_use]
    pub fn late_spans(&self) -> [u64; 2] {
        self.shared.counters.late_spans()
    }

    /// Goes from tick to tick, over those that have nothing to do.
    fn tick_until(&mut self, last: Option<Tick>) -> Vec<Replayed> {
        let mut decided = Vec::new();
        let origin = self.origin.unwrap_or(0);
        let mut now = since(origin, self.clock);
        while let Some(tick) = self.shard.next_tick(now).filter(|tick| last.is_none_or(|last| *tick <= last))
        {
            let millis = u64::try_from(TICK.as_millis()).unwrap_or(u64::MAX);
            now = Duration::from_millis(tick.saturating_mul(millis));
            let unix_nanos = origin.saturating_add(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX));
            self.shard.tick(Moment { steady: now, unix_nanos });
            if last.is_none() {
                self.clock = self.clock.max(unix_nanos);
            }
            decided.extend(self.decided());
        }
        decided
    }

    /// What was decided since this was asked last.
    fn decided(&mut self) -> Vec<Replayed> {
        for payload in self.shard.take_released() {
            let leaves = &payload.request.index().leaves;
            self.kept_spans += leaves.len() as u64;
            self.kept_bytes += leaves.iter().map(|leaf| u64::from(leaf.end - leaf.start)).sum::<u64>();
        }
        let decisions = self.shared.explanations.take().into_iter();
        // A trace is shown right before it is decided, and every decision is explained: both come in the same order.
        let replayed = decisions.map(|decision| {
            let services = self.traces.next_by_now().map(content::services).unwrap_or_default();
            Replayed { decision, services }
        });
        replayed.collect()
    }
}

fn since(origin: u64, moment: u64) -> Duration {
    Duration::from_nanos(moment.saturating_sub(origin))
}

#[cfg(test)]
#[path = "replay_tests.rs"]
mod tests;
