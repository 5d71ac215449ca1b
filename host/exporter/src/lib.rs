//! The ways out: OTLP clients with their queues and retries, and the `debug`, `file` and `nop` exporters.
//!
//! Neighbours: the pipeline hands payloads to the [`Consumer`](sluice_pipeline::Consumer)s here; the load
//! balancer builds a [`Lane`] per backend. `sluice-tls` shakes hands, `sluice-auth` completes headers. Bodies are wire bytes from `sluice-otlp` and leave as they are.
//!
//! Invariants: an item is counted as sent when a backend acknowledged it, as failed when it is lost, and never
//! twice. Memory is bounded by queue sizes. A backend that does not answer blocks nobody else.

#[cfg(test)]
mod captured;
pub mod client;
mod debug;
mod file;
pub mod lane;
pub mod metrics;
mod nop;
mod otlp;
pub mod queue;
pub mod retry;
mod senders;

pub use client::{
    Balancer, Chunks, Client, ClientError, ClientSettings, Compression, Encoding, ErrorKind, ExportError,
    HttpClientSettings, HttpCompression, Instances, Keepalive, SignalUrl, Trial, retry_after,
};
pub use debug::{DebugExporter, Verbosity};
pub use file::{FileExporter, FileFormat, FileSettings};
pub use lane::{
    DEFAULT_MAX_REQUEST_BYTES, GiveUp, HandBack, Lane, LaneName, LaneSettings, Ledger, Undelivered,
};
pub use metrics::{ExporterMetrics, ExporterSeries, Loss, QueueGauges, item_name};
pub use nop::NopExporter;
pub use otlp::OtlpExporter;
pub use queue::{Queue, QueueSettings, Sizer};
pub use retry::{Backoff, RetrySettings};
pub use senders::{Sent, by_sender};
