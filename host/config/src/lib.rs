//! The Collector's YAML, typed.
//!
//! A file goes through these steps: `yaml` makes a tree of values and notes their lines, `environment`
//! replaces `${env:NAME}`, `components` and `service` read their blocks with the help of `decode`, and
//! every reference from one block to another is checked. Everything that is wrong is gathered as a
//! [`Finding`] with file, line, path and the word that was probably meant; one error does not hide another.
//!
//! Each component is one file: its struct, its defaults, and the table of its keys, from which the
//! [`reference()`] is made, too. What the Collector has and Sluice has not is refused by name.
//!
//! Neighbours: none. The binary makes the components of the other crates from these structs.

mod components;
mod config;
mod decode;
mod environment;
mod findings;
mod gateway;
mod plugins;
mod reference;
mod service;
mod source;
mod types;
mod yaml;

pub use components::exporters::{
    ClientKeepalive, ClientTls, Compression, DebugExporter, DnsResolver, ExporterConfig, FileExporter,
    FileFormat, LoadBalancing, OnError, OtlpExporter, Queue, ResolverConfig, Retry, Ring, Sizer, Verbosity,
};
pub use components::extensions::{ExtensionConfig, HealthCheck};
pub use components::processors::{Batch, ProcessorConfig};
pub use components::receivers::{GrpcServer, OtlpReceiver, ReceiverConfig, ServerKeepalive};
pub use components::section::Components;
pub use config::{Config, Loaded};
pub use findings::nearest::nearest;
pub use findings::{Finding, Findings, Severity};
pub use gateway::Gateway;
pub use plugins::{PluginCache, Plugins};
pub use reference::{ReferenceEntry, Treatment, reference};
pub use service::{
    LogEncoding, LogLevel, LogTelemetry, MetricsLevel, MetricsTelemetry, Pipeline, Service, Telemetry,
};
pub use source::Source;
pub use types::duration::{DurationError, format_duration, parse_duration};
pub use types::id::{ComponentId, PipelineId, Signal};
pub use types::listen::Listen;
pub use types::secret::Secret;
