//! The `memory_limiter` processor: while memory is short, requests are refused so that senders try again later.
//!
//! One limiter looks at the memory of the process every `check_interval`, beside the data path; the pipelines that
//! name it ask a flag. Above the soft limit it refuses until memory is below it again. The Collector forces garbage
//! collections above the hard limit; Sluice frees what it no longer needs at once, so the hard limit is only what the
//! soft one is reckoned from.
//!
//! Neighbours: a guarded stage is a [`Consumer`](sluice_pipeline::Consumer) between a receiver and what is behind it.
//! Invariant: what is refused is refused whole, before anything behind the limiter has seen it.

mod gate;
mod limiter;
mod memory;
mod metrics;
mod settings;

pub use limiter::MemoryLimiter;
pub use memory::{MemoryError, resident_bytes, total_bytes};
pub use metrics::MemoryLimiterMetrics;
pub use settings::{Limit, MemoryLimiterSettings};
