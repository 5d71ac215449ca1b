//! OTLP/gRPC: unary calls over HTTP/2, answered by hand around raw bytes.
//!
//! Sources: grpc/doc/PROTOCOL-HTTP2.md, and OTLP 1.11 for the codes. tonic's own server is not used below
//! its `Status`: its decoder answers a message that is too large with `OUT_OF_RANGE`, which OTLP clients
//! retry for ever, and broken compression with `INTERNAL`; it reserves whatever length a client announces,
//! knows no snappy, and copies a message once more than needed.

mod connection;
mod message;
mod method;
mod reply;
mod service;
mod timeout;

pub(crate) use connection::Grpc;
pub(crate) use timeout::deadline;
