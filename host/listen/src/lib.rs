//! TCP listeners, the same for every server of the gateway: OTLP, metrics, health.
//!
//! [`Listener::bind`] takes an endpoint as the Collector writes it, and says what is wrong in words that
//! an operator can act on. [`Listener::serve`] accepts connections within a bound, survives running out of
//! file descriptors, and ends gracefully.
//!
//! Invariant: whatever clients do, at most `max_connections` of them are held, and the accept loop goes on.

mod backoff;
mod bind;
mod endpoint;
mod listener;

pub use bind::{BindError, BindErrorKind};
pub use listener::Listener;
