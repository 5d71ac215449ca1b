//! What is held of traces that are not decided yet, and what is remembered of those that are.
//!
//! Pure data structures of one shard: no clock, no thread, no lock.

mod cache;
mod intern;
mod schedule;
mod trace;

pub(crate) use cache::{DecisionCache, Remembered};
pub(crate) use intern::{HeaderId, Headers};
pub(crate) use schedule::{Schedule, TICK, Tick, tick_at, tick_before};
pub(crate) use trace::{Piece, Trace, TraceKey, Traces};
