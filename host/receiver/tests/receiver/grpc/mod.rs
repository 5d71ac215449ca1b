//! OTLP/gRPC, with tonic's client and a raw HTTP/2 one as senders.

mod auth;
mod case;
pub(crate) mod client;
mod lifecycle;
mod limits;
mod protocol;
mod refusals;
mod signals;
mod tls;
