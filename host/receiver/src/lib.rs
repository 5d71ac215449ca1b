//! OTLP servers: bytes from clients become payloads for the pipelines, and replies become statuses.
//!
//! [`OtlpReceiver`] serves OTLP/gRPC or OTLP/HTTP. A message is never decoded here: it is limited, inflated,
//! scanned once and handed on as the bytes that came (see `sluice-otlp`). JSON is made protobuf at once, so that
//! nothing behind the receiver knows of it.
//!
//! The way of a request: `connection` (TLS, first bytes, HTTP/2, stuck clients) -> `grpc` or `http` (credentials, path,
//! form, status) -> `body` and `inflate` (bounded reading and decompression) -> `intake` (budget, scan, consumer).
//! All but `grpc` and `http` know nothing of the transport; what those two share of one server is in `shared`.
//!
//! Neighbours: `sluice-listen` accepts connections, `sluice-tls` shakes hands, `sluice-auth` decides who may send,
//! `sluice-json` reads OTLP/JSON, `sluice-otlp` scans, and `sluice-pipeline` has the consumers that requests are
//! handed to.
//!
//! Invariants:
//! - A request is answered with `INTERNAL`, `UNKNOWN` or 500 never: clients would throw good data away.
//! - What a consumer began to take is taken to its end, whether or not the client still waits.
//! - Memory is bounded: by message, by bytes in flight, by connections, and by time for slow clients.
//! - Every item that was scanned is counted once, as accepted or as refused.

mod body;
mod connection;
mod fuzzing;
mod grpc;
mod http;
mod inflate;
mod intake;
mod metrics;
mod receiver;
mod rejection;
mod response;
mod settings;
mod shared;
mod status;
mod throttle;

#[doc(hidden)]
pub use fuzzing::read_headers;
pub use metrics::ReceiverMetrics;
pub use receiver::{BindError, Consumers, OtlpReceiver};
pub use settings::{CorsSettings, GrpcSettings, HttpSettings, ServerParameters};
