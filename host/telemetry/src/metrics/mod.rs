//! The Prometheus endpoint, and the metrics of the process.

mod identity;
mod names;
mod process;
mod server;

pub use identity::{Identity, register_identity};
pub use names::Names;
pub use process::register_process;
pub use server::MetricsServer;

#[cfg(test)]
#[path = "exposition_tests.rs"]
mod tests;
