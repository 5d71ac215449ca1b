//! What the gateway says about itself: metrics, health, and logs.
//!
//! - [`metrics`]: the Prometheus endpoint, and the metrics of the process.
//! - [`admin`]: what samplers decided, for `sluice explain`, and on what, for `sluice capture`; the way out of service, for
//!   `sluice drain`.
//! - [`health`]: liveness and readiness, on a thread of its own so that a wedged runtime is seen.
//! - [`logs`]: one line an event, in the Collector's shape.
//!
//! Neighbours: every crate registers its metrics in the registry that is served here and writes its logs
//! through `tracing`; the binary decides what is served where. Nothing here is on the path of data.

pub mod admin;
pub mod health;
mod http1;
pub mod logs;
pub mod metrics;
#[cfg(test)]
mod testing;

pub use sluice_listen::{BindError, BindErrorKind};
