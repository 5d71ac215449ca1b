//! OTLP servers: bytes from clients become payloads for the pipelines, and replies become statuses.
//!
//! [`OtlpReceiver`] serves OTLP/gRPC. A message is never decoded here: it is limited, inflated, scanned once
//! and handed on as the bytes that came (see `sluice-otlp`).
//!
//! The way of a request: `connection` (TLS, preface, HTTP/2, ages) -> `grpc` (credentials, method, message, status) ->
//! `inflate` (bounded decompression) -> `intake` (budget, scan, consumer). `intake` and `inflate` know
//! nothing of gRPC; a server of another transport stands beside `grpc` and uses them.
//!
//! Neighbours: `sluice-listen` accepts connections, `sluice-tls` shakes hands, `sluice-auth` decides who may send,
//! `sluice-otlp` scans, and `sluice-pipeline` has the consumers that requests are handed to.
//!
//! Invariants:
//! - A request is answered with `INTERNAL` or `UNKNOWN` never: clients would throw good data away.
//! - What a consumer began to take is taken to its end, whether or not the client still waits.
//! - Memory is bounded: by message, by bytes in flight, by connections, and by time for slow clients.
//! - Every item that was scanned is counted once, as accepted or as refused.

mod connection;
mod grpc;
mod inflate;
mod intake;
mod metrics;
mod receiver;
mod rejection;
mod settings;
mod throttle;

pub use metrics::ReceiverMetrics;
pub use receiver::{BindError, Consumers, OtlpReceiver};
pub use settings::{GrpcSettings, ServerParameters};
