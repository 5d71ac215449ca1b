//! The tail sampler: gathers the spans of each trace, has policies vote on it when it is whole, and passes on what is
//! kept.
//!
//! - [`TailSampler`] is the processor: a [`Consumer`](sluice_pipeline::Consumer) in front of another. Requests are
//!   divided over shards, each with a thread of its own.
//! - [`SteppedSampler`] is the same without threads, for tests.
//! - `shard/` is one of them: traces from their first span to their release, on [`Moment`]s that it is told.
//! - `store/` has what a shard holds: pieces of traces as wire bytes, headers of resources and scopes once each, what is
//!   due when, and which decisions to remember.
//! - `decide/` turns votes into decisions: [`Rule`]s over policies that are plugins.
//! - `capture/` hands whole traces to whoever records them; [`Replay`] runs a shard on what was recorded, with a clock that
//!   goes by the recording.
//! - `release/` puts what is kept into requests, `explain/` remembers why.
//!
//! Neighbours: `sluice-otlp` cuts requests and reads the columns that policies see; `sluice-plugin` runs policies.
//!
//! Invariants:
//! - Every span that was accepted is passed on byte for byte (but for marks that were asked for), or its trace was
//!   decided against, or it is counted as lost with a reason.
//! - What is held is accounted for in bytes, and bounded: what finds no room is decided early, or refused so that the
//!   sender tries again.
//! - The order in which pieces of traces arrive changes no decision.
//! - Ingest waits for no decision, plugin or exporter.

mod capture;
mod clock;
mod decide;
mod explain;
mod metrics;
mod release;
mod replay;
mod run;
mod settings;
mod shard;
mod store;
#[cfg(test)]
mod testing;

pub use capture::{Busy, Capture, CaptureLimits};
pub use clock::Moment;
pub use decide::{
    Composite, CompositePart, Decision, Incomplete, LeafGeneration, LeafPolicy, OnError, PolicyRule, Rule,
    Shares,
};
pub use explain::{Explained, ExplainedLeaf, ExplainedVote};
pub use metrics::SamplingMetrics;
pub use replay::{Replay, Replayed, ServiceShare, arrival};
pub use run::{Held, StartError, SteppedSampler, TailSampler};
pub use settings::SamplingSettings;
pub use shard::Trigger;
