use super::{LogTelemetry, MetricsTelemetry};
use crate::decode::{Block, Fields, Key, Node, Read};

/// The attributes that are told; Sluice has no place for others.
const NAMES: [&str; 2] = ["service.name", "service.instance.id"];

/// `service::telemetry`: how the gateway tells about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Telemetry {
    /// Its log.
    pub logs: LogTelemetry,
    /// Its metrics.
    pub metrics: MetricsTelemetry,
    /// What this gateway is called: `service.name` and its kin, in the order of the file.
    pub resource: Vec<(String, String)>,
}

impl Block for Telemetry {
    const KEYS: &'static [Key] = &[
        Key::block("logs", LogTelemetry::KEYS),
        Key::block("metrics", MetricsTelemetry::KEYS),
        Key::new("resource", "names and values", "{}", "`service.name` and `service.instance.id`"),
        Key::refused("traces", "Sluice makes no traces of its own"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("logs", &mut self.logs);
        fields.read("metrics", &mut self.metrics);
        fields.read("resource", &mut Resource(&mut self.resource));
    }
}

struct Resource<'a>(&'a mut Vec<(String, String)>);

impl Read for Resource<'_> {
    fn read(&mut self, node: &Node<'_>) {
        for (name, value) in node.entries().unwrap_or_default() {
            if !NAMES.contains(&name) {
                value.warning(format!("changes nothing: only {} are told", NAMES.join(" and ")));
                continue;
            }
            let mut text = None::<String>;
            text.read(&value);
            // As in the Collector, a name with nothing after it takes an attribute away; there are none.
            self.0.extend(text.map(|text| (name.to_owned(), text)));
        }
    }
}
