//! The `batch` processor: many small requests become few large ones.
//!
//! Unlike the Collector's, it answers a request only when the next stage has answered for the batch that
//! the request is in, so nothing that a client was told is accepted waits here in memory. Batching is an
//! append of wire bytes, since the top-level field of a request is `repeated`.
//!
//! Neighbours: it is a [`Consumer`](sluice_pipeline::Consumer) between a receiver and an exporter.
//! Invariant: the rejected items of a batch are shared out over its requests, and add up exactly.

mod pending;
mod processor;
mod settings;
mod share;

pub use processor::BatchProcessor;
pub use settings::BatchSettings;
