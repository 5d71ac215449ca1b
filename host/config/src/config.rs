use crate::components::auth::{self, Side};
use crate::components::connectors::ConnectorConfig;
use crate::components::exporters::ExporterConfig;
use crate::components::extensions::ExtensionConfig;
use crate::components::processors::ProcessorConfig;
use crate::components::receivers::ReceiverConfig;
use crate::components::section::boundary::Section;
use crate::components::section::{Component, Components, Defined};
use crate::decode::{Block, Fields, Key, Read};
use crate::gateway::Gateway;
use crate::plugins::Plugins;
use crate::service::{NO_PIPELINE, Roster, Service, ServiceBlock, connections};
use crate::types::listen::Listen;

/// A whole configuration, checked: what a pipeline names is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// What data comes in by.
    pub receivers: Components<ReceiverConfig>,
    /// What happens to it.
    pub processors: Components<ProcessorConfig>,
    /// What it leaves by.
    pub exporters: Components<ExporterConfig>,
    /// What joins pipelines.
    pub connectors: Components<ConnectorConfig>,
    /// What stands beside the pipelines.
    pub extensions: Components<ExtensionConfig>,
    /// What of all this runs, and how.
    pub service: Service,
    /// Where plugins come from.
    pub plugins: Plugins,
    /// What concerns the gateway as a whole.
    pub sluice: Gateway,
}

impl Config {
    /// Every address to listen on, and the path of the block that it is of: in the order in which the gateway
    /// takes them.
    #[must_use]
    pub fn listens(&self) -> Vec<(Vec<&str>, &Listen)> {
        let mut listens = Vec::new();
        if let Some(listen) = &self.service.telemetry.metrics.prometheus {
            listens.push((vec!["service", "telemetry", "metrics"], listen));
        }
        for (id, extension) in &self.extensions {
            if let ExtensionConfig::HealthCheck(health_check) = extension {
                listens.push((vec!["extensions", id.as_str()], &health_check.endpoint));
            }
        }
        for (id, receiver) in &self.receivers {
            let ReceiverConfig::Otlp(otlp) = receiver else { continue };
            let grpc = otlp.grpc.as_ref().map(|grpc| ("grpc", &grpc.endpoint));
            let http = otlp.http.as_ref().map(|http| ("http", &http.endpoint));
            let servers = grpc.into_iter().chain(http);
            listens.extend(
                servers.map(|(name, listen)| (vec!["receivers", id.as_str(), "protocols", name], listen)),
            );
        }
        listens
    }
}

/// Where components name authenticators.
const RECEIVERS_AUTH: &[&[&str]] =
    &[&["protocols", "grpc", "auth", "authenticator"], &["protocols", "http", "auth", "authenticator"]];
const EXPORTERS_AUTH: &[&[&str]] =
    &[&["auth", "authenticator"], &["protocol", "otlp", "auth", "authenticator"]];

impl Block for Config {
    const KEYS: &'static [Key] = &[
        Key::new("receivers", "components", "(required)", "what data comes in by"),
        Key::new("processors", "components", "{}", "what happens to it"),
        Key::new("exporters", "components", "(required)", "what it leaves by"),
        Key::new("extensions", "components", "{}", "what stands beside the pipelines"),
        Key::new("connectors", "components", "{}", "what joins pipelines"),
        Key::block("service", ServiceBlock::KEYS),
        Key::block("plugins", Plugins::KEYS).own(),
        Key::block("sluice", Gateway::KEYS).own(),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("plugins", &mut self.plugins);
        fields.read("sluice", &mut self.sluice);
        let mut roster = Roster::default();
        let connectors = define::<ConnectorConfig>(fields, &mut roster);
        let receivers = define::<ReceiverConfig>(fields, &mut roster);
        let processors = define(fields, &mut roster);
        let exporters = define::<ExporterConfig>(fields, &mut roster);
        let extensions = define::<ExtensionConfig>(fields, &mut roster);
        match fields.get("service") {
            Some(node) => ServiceBlock { service: &mut self.service, roster: &mut roster }.read(node),
            None => fields.error("service", NO_PIPELINE),
        }
        connections::check(&connectors, &self.service.pipelines, &roster);
        auth::check(&receivers, RECEIVERS_AUTH, Side::Server, &extensions, &roster);
        auth::check(&exporters, EXPORTERS_AUTH, Side::Client, &extensions, &roster);
        auth::check(&extensions, &[&["additional_auth"]], Side::Client, &extensions, &roster);
        self.receivers = used(receivers, &roster);
        self.processors = used(processors, &roster);
        self.exporters = used(exporters, &roster);
        self.connectors = used(connectors, &roster);
        self.extensions = used(extensions, &roster);
    }
}

/// Reads a section, and notes what it defines.
fn define<'a, T: Component>(fields: &Fields<'a>, roster: &mut Roster) -> Defined<'a, T> {
    let section: &'static Section = T::SECTION;
    let defined: Defined<'a, T> = fields.get(section.name).map(Defined::read).unwrap_or_default();
    for (id, _) in &defined.ids {
        roster.define(section, id.clone());
    }
    defined
}

/// What of a section is used; the rest is reported.
fn used<T: Component>(defined: Defined<'_, T>, roster: &Roster) -> Components<T> {
    for (id, node) in &defined.ids {
        if defined.components.contains_key(id) && !roster.is_used(T::SECTION, id) {
            node.warning(T::SECTION.when_unused);
        }
    }
    defined.components.into_iter().filter(|(id, _)| roster.is_used(T::SECTION, id)).collect()
}
