//! The WebAssembly plugin host: loads routing keys and sampling policies, asks them for the keys of payloads
//! and for votes on traces, and swaps them while traffic flows.
//!
//! - [`PluginHost`] knows the plugins: those embedded in the binary, and the files of plugin directories,
//!   which it watches.
//! - [`RoutingKey`] is one of them, configured for a signal: payloads in, [`Keys`] out.
//! - [`Policy`] is one of the others: tables of traces in, [`Verdicts`] out.
//!
//! Neighbours: `sluice-otlp` extracts the columns that plugins are called with; the router hashes the keys
//! onto its ring, the tail sampler counts the votes. The contract with plugins is `wit/sluice-plugin.wit`.
//!
//! Invariants:
//! - Every leaf of a payload gets a key, or is rejected and counted, and every trace a vote; whatever a plugin
//!   does.
//! - No plugin can stop the process, hold a caller longer than [`RoutingKey`] and [`Policy`] say, take more
//!   memory than [`Limits`] allow, or reach anything but its arguments, the log, its own counters and quotas.
//! - Nothing blocks on the data path: instances are pooled without locks, plugins are swapped by a pointer.

mod bindings;
mod bounds;
mod cache;
mod catalogue;
mod convert;
mod engine;
mod error;
mod host;
mod instance;
mod key;
mod limits;
mod load;
mod metrics;
mod policy;
mod reload;
mod source;
mod status;
mod text;
mod throttle;

pub use cache::Cache;
pub use error::{HostError, LoadError, LoadFault};
pub use host::{HostSettings, PluginHost};
pub use instance::{Failure, FailureReason};
pub use key::{Keys, OnError, RoutingKey};
pub use limits::Limits;
pub use load::Kind;
pub use metrics::PluginMetrics;
pub use policy::{Policy, PolicyGeneration, Verdicts, Vote};
pub use source::Source;
pub use status::{LoadedPlugin, PluginStatus};
