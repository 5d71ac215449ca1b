//! What pipelines hold when their receivers have ended.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use sluice_batch::Batching;
use sluice_sampling::TailSampler;

/// The stages that hold data, in the order in which they are drained: each hands on what it holds to those behind it.
///
/// Pipelines are built from the last one that connectors lead to, to the first one: the round in which one is built
/// comes first in the order, the place of the stage in its pipeline second.
#[derive(Debug, Default)]
pub(super) struct Held {
    round: usize,
    stages: BTreeMap<(Reverse<usize>, usize), Vec<Stage>>,
}

/// A stage that holds data.
#[derive(Debug)]
pub(super) enum Stage {
    /// Batches that are gathered.
    Batch(Batching),
    /// Traces that are not decided.
    Sampler(Arc<TailSampler>),
}

impl Held {
    /// What is added from now on hands its data to what was added so far, never the other way round.
    pub(super) fn goes_upstream(&mut self) {
        self.round += 1;
    }

    /// Adds a stage; `place` is its place in its pipeline.
    pub(super) fn add(&mut self, place: usize, stage: Stage) {
        self.stages.entry((Reverse(self.round), place)).or_default().push(stage);
    }

    /// The samplers among them.
    pub(super) fn samplers(&self) -> Vec<Arc<TailSampler>> {
        let samplers = self.stages.values().flatten().filter_map(|stage| match stage {
            Stage::Sampler(sampler) => Some(Arc::clone(sampler)),
            Stage::Batch(_) => None,
        });
        samplers.collect()
    }

    /// Lets every stage hand on what it holds, until `until` at the latest; what is left then is counted and logged.
    pub(super) async fn drain(self, until: Instant) {
        for stages in self.stages.into_values() {
            join_all(stages.into_iter().map(|stage| stage.drain(until))).await;
        }
    }
}

impl Stage {
    async fn drain(self, until: Instant) {
        match self {
            Self::Batch(batching) => batching.drain(until).await,
            Self::Sampler(sampler) => sampler.drain(until).await,
        }
    }
}
