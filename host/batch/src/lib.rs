//! The `batch` processor: many small requests become few large ones.
//!
//! Unlike the Collector's, it answers a request only when the next stage has answered for the batch that
//! the request is in, so nothing that a client was told is accepted waits here in memory. With `ack: early` it answers
//! at once; what is lost by that is counted and logged. Batching is an
//! append of wire bytes, since the top-level field of a request is `repeated`.
//!
//! Neighbours: it is a [`Consumer`](sluice_pipeline::Consumer) between a receiver and an exporter.
//! Invariant: the rejected items of a batch are shared out over its requests, and add up exactly.

mod losses;
mod metrics;
mod pending;
mod processor;
mod send;
mod settings;
mod share;
mod shelf;

pub use metrics::BatchMetrics;
pub use processor::{BatchProcessor, Batching};
pub use settings::{Ack, BatchSettings};
