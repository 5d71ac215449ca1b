//! `service`: what runs, and how it tells about itself.

pub(crate) mod connections;
mod logs;
mod metrics;
mod pipelines;
mod roster;
mod telemetry;

pub use logs::{LogEncoding, LogLevel, LogTelemetry};
pub use metrics::{MetricsLevel, MetricsTelemetry};
pub(crate) use pipelines::PIPELINE_KEYS;
pub use pipelines::Pipeline;
use pipelines::Pipelines;
use roster::References;
pub(crate) use roster::Roster;
pub use telemetry::Telemetry;

use crate::components::section::boundary;
use crate::decode::{Block, Fields, Key};
use crate::types::id::ComponentId;

/// What runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// The extensions that are started.
    pub extensions: Vec<ComponentId>,
    /// The pipelines, in the order of the file.
    pub pipelines: Vec<Pipeline>,
    /// Logs and metrics about ourselves.
    pub telemetry: Telemetry,
}

/// `service`, read with what the sections define.
pub(crate) struct ServiceBlock<'a> {
    pub(crate) service: &'a mut Service,
    pub(crate) roster: &'a mut Roster,
}

impl Block for ServiceBlock<'_> {
    const KEYS: &'static [Key] = &[
        Key::new("extensions", "list of ids", "[]", "the extensions that are started"),
        Key::new("pipelines", "blocks", "(required)", "`traces`, `metrics`, `logs`, or these with `/name`"),
        Key::block("telemetry", Telemetry::KEYS),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        let extensions = &mut self.service.extensions;
        fields.read(
            "extensions",
            &mut References { section: &boundary::EXTENSIONS, roster: self.roster, ids: extensions },
        );
        let pipelines = &mut self.service.pipelines;
        fields.read("pipelines", &mut Pipelines { pipelines, roster: self.roster });
        if fields.get("pipelines").is_none_or(|node| node.entries().is_some_and(|all| all.is_empty())) {
            fields.error("pipelines", NO_PIPELINE);
        }
        fields.read("telemetry", &mut self.service.telemetry);
    }
}

/// The Collector's words for a service that does nothing.
pub(crate) const NO_PIPELINE: &str = "service must have at least one pipeline";
