//! OTLP/HTTP, with hyper's client over both versions of HTTP, and plain text on a socket, as senders.

pub(crate) mod client;
mod cors;
mod json;
mod lifecycle;
mod limits;
mod protocol;
mod refusals;
mod secured;
mod signals;
mod slow;
mod wire;
