//! OTLP/HTTP: one POST per request over HTTP/1.1 or HTTP/2, in protobuf or JSON.
//!
//! Sources: OTLP 1.11 for paths, forms and codes; the Collector's `confighttp` for what its keys mean. hyper
//! parses; what a request may cost is bounded here: `connection` (first bytes, heads, idle and stuck clients)
//! -> `service` (path, method, form, encoding, size) -> `read` (body, inflating, JSON to protobuf) -> `intake`.
//!
//! Every answer has the form of its request; one whose form is not OTLP's is answered in JSON, for people.

mod connection;
mod cors;
mod encoding;
mod form;
mod heads;
mod progress;
mod read;
mod reply;
mod routes;
mod service;
mod status;

pub(crate) use connection::Http;
pub(crate) use encoding::Encodings;
pub(crate) use form::Form;
