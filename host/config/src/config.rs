use crate::components::exporters::ExporterConfig;
use crate::components::extensions::ExtensionConfig;
use crate::components::processors::ProcessorConfig;
use crate::components::receivers::ReceiverConfig;
use crate::components::section::boundary::{self, Section};
use crate::components::section::{Component, Components, Defined, refuse_all};
use crate::decode::{Block, Context, Fields, Key, Node, Read};
use crate::environment::Environment;
use crate::findings::Findings;
use crate::gateway::Gateway;
use crate::plugins::Plugins;
use crate::service::{NO_PIPELINE, Roster, Service, ServiceBlock};
use crate::source::Source;
use crate::yaml;
use crate::yaml::layout::Place;

/// A whole configuration, checked: what a pipeline names is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// What data comes in by.
    pub receivers: Components<ReceiverConfig>,
    /// What happens to it.
    pub processors: Components<ProcessorConfig>,
    /// What it leaves by.
    pub exporters: Components<ExporterConfig>,
    /// What stands beside the pipelines.
    pub extensions: Components<ExtensionConfig>,
    /// What of all this runs, and how.
    pub service: Service,
    /// Where plugins come from.
    pub plugins: Plugins,
    /// What concerns the gateway as a whole.
    pub sluice: Gateway,
}

/// A configuration that can run, and what is doubtful in it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Warnings only.
    pub warnings: Findings,
}

impl Config {
    /// Reads a configuration; `environment` looks up environment variables.
    ///
    /// # Errors
    /// Everything that is wrong or doubtful, when anything is wrong. Text that is no YAML ends the search.
    pub fn load(
        sources: &[Source],
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Loaded, Findings> {
        let name = sources.first().map_or_else(|| "configuration".to_owned(), Source::name);
        let context = Context::new(name);
        let config = match sources {
            [source] => read(source, environment, &context),
            [] => {
                context.flaw(None, String::new(), "no configuration was given; use --config FILE");
                None
            }
            _ => {
                context.flaw(None, String::new(), "only one --config is served so far; give one file");
                None
            }
        };
        let findings = context.into_findings();
        match config {
            Some(config) if findings.errors() == 0 => Ok(Loaded { config, warnings: findings }),
            _ => Err(findings),
        }
    }
}

fn read(source: &Source, environment: &dyn Fn(&str) -> Option<String>, context: &Context) -> Option<Config> {
    let text = source.text().map_err(|message| context.flaw(None, String::new(), message)).ok()?;
    let mut document = match yaml::parse(&text) {
        Ok(document) => document,
        Err(flaws) => {
            for flaw in flaws {
                context.flaw(flaw.line, flaw.path, flaw.message);
            }
            return None;
        }
    };
    let place = Place::root(&document.layout);
    Environment::new(environment, context).expand(&mut document.value, &place);
    let root = Node { value: &document.value, place, context };
    if root.is_null() {
        root.error(format!("empty configuration file; {NO_PIPELINE}"));
        return None;
    }
    let mut config = Config::default();
    config.read(&root);
    Some(config)
}

impl Block for Config {
    const KEYS: &'static [Key] = &[
        Key::new("receivers", "components", "(required)", "what data comes in by"),
        Key::new("processors", "components", "{}", "what happens to it"),
        Key::new("exporters", "components", "(required)", "what it leaves by"),
        Key::new("extensions", "components", "{}", "what stands beside the pipelines"),
        Key::new("connectors", "components", "{}", "none are served yet"),
        Key::block("service", ServiceBlock::KEYS),
        Key::block("plugins", Plugins::KEYS).own(),
        Key::block("sluice", Gateway::KEYS).own(),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("plugins", &mut self.plugins);
        fields.read("sluice", &mut self.sluice);
        let mut roster = Roster::default();
        if let Some(connectors) = fields.get("connectors") {
            for id in refuse_all(&boundary::CONNECTORS, connectors) {
                roster.define(&boundary::RECEIVERS, id.clone());
                roster.define(&boundary::EXPORTERS, id);
            }
        }
        let receivers = define(fields, &mut roster);
        let processors = define(fields, &mut roster);
        let exporters = define(fields, &mut roster);
        let extensions = define(fields, &mut roster);
        match fields.get("service") {
            Some(node) => ServiceBlock { service: &mut self.service, roster: &mut roster }.read(node),
            None => fields.error("service", NO_PIPELINE),
        }
        self.receivers = used(receivers, &roster);
        self.processors = used(processors, &roster);
        self.exporters = used(exporters, &roster);
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
