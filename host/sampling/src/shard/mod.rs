//! One shard: the traces whose ids fall to it, from their first span to their release.
//!
//! Pure: requests and moments in, payloads out. Single-threaded, without locks on its data; the shards of a
//! sampler meet in [`Shared`] only, which is a few counters.

mod crowd;
mod due;
mod ingest;
mod place;
mod root;
mod shared;
mod waits;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use ingest::trace_id;
pub(crate) use place::shard_of;
use shared::Holding;
pub(crate) use shared::Shared;
use sluice_otlp::Payload;

use crate::clock::Moment;
use crate::decide::{Counting, Decider};
use crate::release::Release;
use crate::store::{DecisionCache, HeaderTables, Schedule, Tick, TraceKey, Traces, tick_before};

/// So many early decisions are gathered before the policies are asked, if the next tick is not sooner.
const GATHERED: usize = 256;

/// A trace with so many bytes of spans is decided, whatever it waits for: what is assembled stays within the 4 GiB that
/// a request can have, and the call of a policy within bounds.
const HUGE_TRACE: u64 = 256 << 20;

/// Of what a sampler may hold, the part above which the oldest traces are decided early. The rest is for what is on
/// its way in and out.
const FULL_PERCENT: u64 = 90;

/// Of what a sampler may hold, so much is decided early at once.
const PRESSING_PERCENT: u64 = 2;

/// Why a trace is decided; numbers as in the WIT package, `intrinsic.trigger`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Trigger {
    /// It has waited long enough.
    Timeout = 0,
    /// Its root has arrived, long enough ago.
    Root = 1,
    /// It is too large to wait.
    Size = 2,
    /// There is no room for it to wait.
    Eviction = 3,
    /// The gateway ends.
    Shutdown = 4,
    /// A piece of it has arrived (`span-ingest`).
    Ingest = 5,
}

impl Trigger {
    /// All of them.
    pub(crate) const ALL: [Self; 6] =
        [Self::Timeout, Self::Root, Self::Size, Self::Eviction, Self::Shutdown, Self::Ingest];

    /// A word for metrics and explanations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Root => "root",
            Self::Size => "size",
            Self::Eviction => "eviction",
            Self::Shutdown => "shutdown",
            Self::Ingest => "ingest",
        }
    }
}

/// The traces of a shard.
#[derive(Debug)]
pub(crate) struct Shard {
    shared: Arc<Shared>,
    headers: HeaderTables,
    traces: Traces,
    schedule: Schedule,
    sampled: DecisionCache,
    others: DecisionCache,
    decider: Decider,
    /// To be decided now, whatever they wait for.
    early: Vec<(TraceKey, Trigger)>,
    /// Bytes of those that there is no room for, without headers.
    leaving_bytes: u64,
    release: Release,
    /// Where due traces are put together, again and again.
    buffer: Vec<u8>,
    /// What `shared` knows of.
    told: Holding,
    /// Its number among the shards of the sampler.
    number: usize,
}

impl Shard {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let settings = &shared.settings;
        let shards = settings.shards.max(1) as u64;
        let share = |total: u64| usize::try_from(total.div_ceil(shards)).unwrap_or(usize::MAX);
        let expected = settings
            .expected_new_traces_per_sec
            .saturating_mul(settings.decision_wait.as_secs().max(1))
            .min(settings.num_traces);
        let counting = Counting {
            first_match: settings.sample_on_first_match,
            tracestate: settings.use_tracestate,
            explained: settings.explained > 0,
        };
        let mut decider = Decider::new(Arc::clone(&shared.policies), counting);
        let mut headers = HeaderTables::new();
        headers.want(decider.wanted_of_requests());
        Self {
            headers,
            traces: Traces::with_capacity(share(expected)),
            schedule: Schedule::default(),
            sampled: DecisionCache::new(share(settings.sampled_cache)),
            others: DecisionCache::new(share(settings.non_sampled_cache)),
            decider,
            early: Vec::new(),
            leaving_bytes: 0,
            release: Release::new(Arc::clone(&shared)),
            buffer: Vec::new(),
            told: Holding::default(),
            number: shared.enter(),
            shared,
        }
    }

    /// A shard in which nothing is left to chance: the same requests at the same moments give the same.
    pub(crate) fn without_chance(shared: Arc<Shared>) -> Self {
        let shard = Self::new(shared);
        let (sampled, others) = (shard.sampled.without_chance(), shard.others.without_chance());
        Self { sampled, others, ..shard }
    }

    /// The next tick that has something to do, as seen from `now`.
    pub(crate) fn next_tick(&self, now: Duration) -> Option<Tick> {
        if self.early.is_empty() { self.schedule.next() } else { Some(tick_before(now) + 1) }
    }

    /// Decides what is due by now.
    pub(crate) fn tick(&mut self, now: Moment) {
        let tick = tick_before(now.steady);
        self.headers.want(self.decider.wanted_of_requests());
        for key in self.schedule.take_due(tick) {
            let Some(trace) = self.traces.get(key) else { continue };
            if trace.due > tick {
                self.schedule.add(trace.due, key);
                continue;
            }
            let trigger = if trace.due_by_root { Trigger::Root } else { Trigger::Timeout };
            self.early.push((key, trigger));
        }
        self.make_room();
        self.decide_early(now);
        self.settle();
        let oldest = self.traces.oldest().and_then(|key| self.traces.get(key));
        let age = oldest.map(|trace| now.steady.saturating_sub(trace.first));
        self.shared.tell_times(self.number, age.unwrap_or_default(), now.steady);
    }

    /// Decides all that is left, or drops it where the configuration says so.
    pub(crate) fn shut_down(&mut self, now: Moment) {
        let keys = self.traces.keys();
        if self.shared.settings.drop_pending_on_shutdown {
            for key in keys {
                self.drop_pending(key);
            }
        } else {
            self.early.extend(keys.into_iter().map(|key| (key, Trigger::Shutdown)));
            self.decide_all(now);
        }
        self.settle();
    }

    /// What is to be passed on.
    pub(crate) fn take_released(&mut self) -> Vec<Payload> {
        self.release.take()
    }

    fn drop_pending(&mut self, key: TraceKey) {
        if let Some(trace) = self.traces.remove(key) {
            trace.release_headers(&mut self.headers);
            self.shared.counters.dropped_at_shutdown.inc_by(u64::from(trace.spans));
        }
    }

    /// Puts the oldest traces forward where there is no room for all, as far as they are more than this shard's share.
    fn make_room(&mut self) {
        let settings = &self.shared.settings;
        if settings.block_on_overflow {
            return self.make_room_for_bytes();
        }
        let share = (settings.num_traces / settings.shards.max(1) as u64).max(1);
        let num_traces = settings.num_traces;
        self.tell();
        let leaving = self.early.len() as u64;
        let mut over = self.shared.traces().saturating_sub(num_traces.saturating_add(leaving));
        let mut own = (self.traces.len() as u64).saturating_sub(leaving);
        while over > 0 && own > share && self.put_oldest_forward() {
            (over, own) = (over - 1, own - 1);
        }
        self.make_room_for_bytes();
    }

    fn make_room_for_bytes(&mut self) {
        self.tell();
        let full = self.shared.settings.max_bytes / 100 * FULL_PERCENT;
        let share = full / self.shared.settings.shards.max(1) as u64;
        let is_over = |shard: &Self| {
            let leaving = shard.leaving();
            shard.shared.stored_bytes().saturating_sub(leaving) > full
                && shard.told.bytes.saturating_sub(leaving) > share
        };
        while is_over(self) && self.put_oldest_forward() {}
    }

    /// Bytes that go with the traces that were put forward for want of room: their own, and as large a part of the headers.
    fn leaving(&self) -> u64 {
        let of_traces = self.traces.bytes().max(1) as u128;
        let all = u128::from(self.told.bytes) * u128::from(self.leaving_bytes) / of_traces;
        u64::try_from(all).unwrap_or(u64::MAX)
    }

    /// Whether so many bytes are to go that they should not wait for the next tick.
    fn is_pressing(&self) -> bool {
        self.leaving() > self.shared.settings.max_bytes / 100 * PRESSING_PERCENT
    }

    fn put_oldest_forward(&mut self) -> bool {
        let Some(key) = self.traces.take_oldest() else { return false };
        self.leaving_bytes += self.traces.get(key).map_or(0, |trace| trace.held_bytes() as u64);
        self.early.push((key, Trigger::Eviction));
        true
    }

    /// Tells the others what this shard holds.
    fn tell(&mut self) {
        let bytes = self.traces.bytes() + self.headers.bytes();
        let now =
            Holding { traces: self.traces.len() as u64, bytes: bytes as u64, spans: self.traces.spans() };
        if now != self.told {
            self.shared.update(self.told, now);
            self.told = now;
        }
    }

    /// Ends a piece of work: what was released goes, what is held is told.
    fn settle(&mut self) {
        self.release.flush();
        self.tell();
    }
}

#[cfg(test)]
#[path = "around_tests.rs"]
mod around_tests;
#[cfg(test)]
#[path = "incomplete_tests.rs"]
mod incomplete_tests;
#[cfg(test)]
#[path = "shard_tests.rs"]
mod tests;
