use std::sync::Arc;

use sluice_otlp::Payload;

use super::divide::divide;
use crate::shard::{Shard, Shared};
use crate::{Explained, Moment, PolicyRule, SamplingMetrics, SamplingSettings};

/// A sampler without threads: whoever has it hands it requests and tells it the time. It decides just as a
/// [`TailSampler`](crate::TailSampler) of the same settings does, and the same each time.
///
/// It holds no requests back: bounds on what is on its way in and out are up to who has it.
#[derive(Debug)]
pub struct SteppedSampler {
    shared: Arc<Shared>,
    shards: Vec<Shard>,
}

/// What a sampler holds, in all its shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Traces that are not decided.
    pub traces: u64,
    /// Bytes that they take, with the headers of their resources and scopes.
    pub bytes: u64,
}

impl SteppedSampler {
    /// The sampler of the processor `id`.
    #[must_use]
    pub fn new(
        id: &str,
        settings: SamplingSettings,
        policies: Vec<PolicyRule>,
        metrics: &SamplingMetrics,
    ) -> Self {
        let counters = metrics.counters(id, &policies);
        let count = settings.shards.max(1);
        let shared = Arc::new(Shared::new(settings, policies.into(), counters));
        let shards = (0..count).map(|_| Shard::new(Arc::clone(&shared))).collect();
        Self { shared, shards }
    }

    /// Takes a request that comes now.
    pub fn ingest(&mut self, payload: &Payload, now: Moment) {
        let stretches = divide(&payload.request, self.shards.len());
        for (shard, leaves) in self.shards.iter_mut().zip(&stretches) {
            if !leaves.is_empty() {
                shard.ingest(payload, leaves, now);
            }
        }
    }

    /// Decides what is due by now. A [`TailSampler`](crate::TailSampler) does so every 100 ms.
    pub fn tick(&mut self, now: Moment) {
        self.shards.iter_mut().for_each(|shard| shard.tick(now));
    }

    /// Ends: decides all that is left, or drops it where the settings say so.
    pub fn shut_down(&mut self, now: Moment) {
        self.shards.iter_mut().for_each(|shard| shard.shut_down(now));
    }

    /// What was released since this was asked last, shard by shard.
    #[must_use]
    pub fn take_released(&mut self) -> Vec<Payload> {
        self.shards.iter_mut().flat_map(Shard::take_released).collect()
    }

    /// What is held.
    #[must_use]
    pub fn held(&self) -> Held {
        Held { traces: self.shared.traces(), bytes: self.shared.stored_bytes() }
    }

    /// The decisions on a trace that are remembered, the last one first.
    #[must_use]
    pub fn explain(&self, trace_id: &[u8; 16]) -> Vec<Explained> {
        self.shared.explanations.of(trace_id)
    }

    /// The last decisions, at most `most`, the last one first; only those that kept nothing, where asked for.
    #[must_use]
    pub fn last_decisions(&self, most: usize, only_dropped: bool) -> Vec<Explained> {
        self.shared.explanations.last(most, only_dropped)
    }
}

#[cfg(test)]
#[path = "simulation_tests.rs"]
mod tests;
