//! The Collector's YAML, typed.
//!
//! The sources go through these steps: `yaml` makes a tree of values of each, notes their lines, and merges the
//! trees; `environment` replaces `${env:NAME}`; `components` and `service` read their blocks with the help of
//! `decode`; every reference from one block to another is checked, and `advice` looks at the whole. Everything that is
//! wrong is gathered as a [`Finding`] with file, line, path and the word that was probably meant; one error does not hide
//! another.
//!
//! Each component is one file: its struct, its defaults, and the table of its keys, from which the
//! [`reference()`] is made, too. What the Collector has and Sluice has not is refused by name.
//!
//! `migrate` takes any Collector's configuration, and parts it into the half that Sluice runs and those that stay outside.
//!
//! Neighbours: none. The binary makes the components of the other crates from these structs.

mod advice;
mod components;
mod config;
mod decode;
mod effective;
mod environment;
mod findings;
mod gates;
mod gateway;
mod load;
mod migrate;
mod plugins;
mod reference;
mod service;
mod source;
mod types;
mod yaml;

pub use components::connectors::ConnectorConfig;
pub use components::exporters::{
    AddressFamily, AwsCloudMapResolver, Balancer, ClientKeepalive, CloudMapHealth, Compression,
    DebugExporter, DnsResolver, ExporterConfig, FileExporter, FileFormat, HttpCompression, HttpEncoding,
    K8sResolver, LoadBalancing, OnError, OtlpExporter, OtlpHttpExporter, Queue, ResolverConfig,
    ResolverGuard, Retry, Ring, ServicePort, Sizer, Terminating, Verbosity,
};
pub use components::extensions::{
    BasicAuth, BasicClientAuth, BearerTokenAuth, ExtensionConfig, HeaderAction, HeaderRule, HeadersSetter,
    HealthCheck, Htpasswd, OAuth2Client, ResponseBody,
};
pub use components::processors::{
    Batch, BatchAck, CompositeSub, DecisionCache, Explain, MemoryLimiter, Overflow, PolicyConfig, PolicyKind,
    PolicyMode, PolicyOnError, ProcessorConfig, SamplingStrategy, TailSampling,
};
pub use components::receivers::{
    Cors, GrpcServer, HttpServer, OtlpReceiver, ReceiverConfig, ServerKeepalive,
};
pub use components::section::Components;
pub use components::section::boundary::{Boundary, KnownComponent, components};
pub use components::tls::{CipherSuite, ClientTls, Curve, ServerTls, TlsProtocol, TlsVersion};
pub use config::Config;
pub use findings::nearest::nearest;
pub use findings::{Finding, Findings, Severity};
pub use gateway::Gateway;
pub use load::{Checked, Loaded, Variables};
pub use migrate::{Change, Half, Migration, Placed, Written};
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
