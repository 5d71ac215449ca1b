//! The load benchmark: client -> sluice -> four backends, all on loopback.
//!
//! Routing by trace id over four backends is measured beside a pass-through of the same binary, turn by
//! turn in one run, since figures of different runs on a shared machine do not compare. Only the sluice
//! process is measured (CPU and memory of it alone); requests are made, and received, by this one.

mod gateway;
mod options;
mod report;
mod run;
mod sink;
mod source;
pub(crate) mod usage;

pub use options::Options;
pub use run::run;
