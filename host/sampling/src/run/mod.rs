//! The shards at work: threads, the queues in front of them, and the way out.

mod divide;
mod output;
mod stepped;
mod worker;

use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sluice_otlp::Payload;
use sluice_pipeline::{Accepted, Consumer, Reason, Refusal, Reply, SharedConsumer};
pub use stepped::{Held, SteppedSampler};
use thiserror::Error;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;

use divide::divide;

use crate::metrics::SamplingMetrics;
use crate::shard::Shared;
use crate::{Busy, Capture, CaptureLimits, Explained, PolicyRule, SamplingSettings};

/// When a sender that found no room should come back.
const COME_BACK: Duration = Duration::from_secs(1);
/// How often a sender that waits for room looks whether there is some.
const LOOK: Duration = Duration::from_millis(20);
/// How long a sender waits for room that says nothing of how long it can.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a sampler cannot start.
#[derive(Debug, Error)]
#[error("a thread of the tail sampler cannot start: {0}")]
pub struct StartError(#[source] std::io::Error);

/// The `tail_sampling` processor.
#[derive(Debug)]
pub struct TailSampler {
    id: String,
    shared: Arc<Shared>,
    shards: Vec<Sender<Command>>,
    /// Tells when all that was released is passed on, after the end.
    ended: watch::Receiver<bool>,
    /// Until when the output may try, once the end has come.
    until: watch::Sender<Option<Instant>>,
}

/// What a shard is told.
#[derive(Debug)]
enum Command {
    /// Spans of a payload that fall to it: stretches of leaves.
    Ingest { payload: Payload, leaves: Vec<Range<u32>>, bytes: usize },
    /// Nothing more comes: decide what is left, and end.
    End,
}

impl TailSampler {
    /// Starts the shards of the processor `id`, which pass on what they keep to `next`.
    ///
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(
        id: &str,
        settings: SamplingSettings,
        policies: Vec<PolicyRule>,
        next: SharedConsumer,
        metrics: &SamplingMetrics,
    ) -> Result<Self, StartError> {
        let counters = metrics.counters(id, &policies);
        metrics.set_bounds(id, settings.num_traces, settings.max_bytes);
        let count = settings.shards.max(1);
        let shared = Arc::new(Shared::new(settings, policies.into(), counters));
        #[expect(
            clippy::disallowed_methods,
            reason = "bounded in bytes: all in it counts as held, see `take`"
        )]
        let (released, payloads) = unbounded_channel();
        let mut shards = Vec::with_capacity(count);
        for number in 0..count {
            let (commands, inbox) = channel();
            worker::start(id, number, Arc::clone(&shared), inbox, released.clone()).map_err(StartError)?;
            shards.push(commands);
        }
        let (until, deadline) = watch::channel(None);
        let (end, ended) = watch::channel(false);
        tokio::spawn(output::run(id.to_owned(), Arc::clone(&shared), payloads, next, deadline, end));
        Ok(Self { id: id.to_owned(), shared, shards, ended, until })
    }

    /// Decides what is left and waits until it is passed on, at most until `until`. Nothing may be consumed any more.
    pub async fn drain(&self, until: Instant) {
        // Nobody listens any more only where a worker has died, of which `/health` tells.
        let _ = self.until.send(Some(until));
        for shard in &self.shards {
            let _ = shard.send(Command::End);
        }
        let mut ended = self.ended.clone();
        // The output gives up by itself when the time is over; this is for one that does not.
        let most = until + Duration::from_secs(1);
        let _ = tokio::time::timeout_at(most.into(), ended.wait_for(|ended| *ended)).await;
    }

    /// The processor's id in the configuration.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Hands over whole traces as they are decided from now on, kept or not, of all `samplers` together.
    ///
    /// # Errors
    /// When somebody captures already.
    pub fn capture(samplers: &[Arc<Self>], limits: CaptureLimits) -> Result<Capture, Busy> {
        Capture::open(samplers.iter().map(|sampler| Arc::clone(&sampler.shared)).collect(), limits)
    }

    /// Traces that are not decided.
    #[must_use]
    pub fn held_traces(&self) -> u64 {
        self.shared.traces()
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

    async fn take(&self, payload: Payload) -> Reply {
        self.wait_for_room(payload.deadline).await?;
        let bytes = payload.request.body().len();
        let most = self.shared.settings.max_bytes;
        if bytes as u64 > most {
            let words =
                format!("the request is larger than all that the tail sampler may hold ({most} bytes)");
            return Err(Refusal::new(Reason::TooLarge, words));
        }
        if !self.shared.has_room_for(bytes) {
            self.shared.counters.refused_memory.inc();
            let words = "the tail sampler holds as much as it may (max_memory_mib); try again later";
            return Err(Refusal::new(Reason::Overloaded, words).retry_after(COME_BACK));
        }
        let stretches = divide(&payload.request, self.shards.len());
        let mut left = bytes;
        let parts = stretches.iter().filter(|leaves| !leaves.is_empty()).count().max(1);
        for (shard, leaves) in self.shards.iter().zip(stretches) {
            if leaves.is_empty() {
                continue;
            }
            // All parts keep the whole request alive; together they count it once.
            let bytes = left.min(bytes.div_ceil(parts));
            left -= bytes;
            self.shared.arrives(bytes);
            let command = Command::Ingest { payload: payload.clone(), leaves, bytes };
            if shard.send(command).is_err() {
                self.shared.has_arrived(bytes);
                return Err(Refusal::new(Reason::ShuttingDown, "the tail sampler has ended"));
            }
        }
        Ok(Accepted::all())
    }

    /// With `block_on_overflow`: waits until there is room for more traces.
    async fn wait_for_room(&self, deadline: Option<Instant>) -> Result<(), Refusal> {
        let settings = &self.shared.settings;
        if !settings.block_on_overflow {
            return Ok(());
        }
        let until = deadline.unwrap_or_else(|| Instant::now() + PATIENCE);
        while self.shared.traces() >= settings.num_traces {
            if Instant::now() + LOOK >= until {
                self.shared.counters.refused_traces.inc();
                let words = "the tail sampler holds as many traces as it may (num_traces); try again later";
                return Err(Refusal::new(Reason::Overloaded, words).retry_after(COME_BACK));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}

impl Consumer for TailSampler {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        self.take(payload).boxed()
    }
}
