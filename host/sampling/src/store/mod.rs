//! What is held of traces that are not decided yet, and what is remembered of those that are.
//!
//! Pure data structures of one shard: no clock, no thread, no lock.

mod cache;
mod intern;
mod origins;
mod schedule;
mod tables;
mod trace;

pub(crate) use cache::{DecisionCache, Remembered, second};
pub(crate) use intern::{HeaderId, NOTHING};
pub(crate) use origins::WantedOfRequests;
pub(crate) use schedule::{Schedule, TICK, Tick, tick_at, tick_before};
pub(crate) use tables::{Around, HeaderTables};
pub(crate) use trace::{Piece, Trace, TraceKey, Traces};
