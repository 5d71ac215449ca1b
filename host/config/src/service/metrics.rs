use crate::decode::{Block, Fields, Key, Node, Read, choice};
use crate::types::listen::Listen;

/// `service::telemetry::metrics`.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricsTelemetry {
    /// How much is told.
    pub level: MetricsLevel,
    /// Where Prometheus scrapes; nowhere when `None`.
    pub prometheus: Option<Listen>,
}

/// How much is told in metrics. Sluice tells the same at every level but `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsLevel {
    /// Nothing.
    None,
    /// The essentials.
    Basic,
    /// The usual.
    Normal,
    /// Everything.
    Detailed,
}

choice!(
    MetricsLevel: "none" => None, "basic" => Basic, "normal" => Normal, "detailed" => Detailed
);

impl Default for MetricsTelemetry {
    fn default() -> Self {
        Self { level: MetricsLevel::Normal, prometheus: Some(Listen::by_default("localhost", 8888)) }
    }
}

impl Block for MetricsTelemetry {
    const KEYS: &'static [Key] = &[
        Key::new("level", "`none`, `basic`, `normal` or `detailed`", "normal", "`none`: no metrics at all"),
        Key::new("address", "address", "localhost:8888", "where Prometheus scrapes; the older form")
            .optional(),
        Key::block("readers", Reader::KEYS).optional(),
        Key::refused("views", "Sluice does not change its metrics"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("level", &mut self.level);
        fields.read("address", &mut self.prometheus);
        if let Some(node) = fields.get("readers") {
            self.read_readers(node);
            if fields.has_value("address") {
                fields.error("address", "the older form of readers, which is here too; leave one of them");
            }
        }
        if self.level == MetricsLevel::None {
            self.prometheus = None;
        }
    }
}

impl MetricsTelemetry {
    fn read_readers(&mut self, node: &Node<'_>) {
        self.prometheus = None;
        for item in node.items() {
            let mut reader = Reader::default();
            reader.read(&item);
            if self.prometheus.is_some() {
                item.error("one reader is served so far; leave one of them");
            }
            self.prometheus = self.prometheus.take().or(reader.prometheus);
        }
    }
}

/// An item of `readers`, and the nest of blocks in it.
#[derive(Default)]
struct Reader {
    prometheus: Option<Listen>,
}

impl Block for Reader {
    const KEYS: &'static [Key] = &[
        Key::block("pull", Pull::KEYS),
        Key::refused("periodic", "metrics are scraped, not pushed; use a `pull` reader"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("pull", &mut Pull(&mut self.prometheus));
        if fields.given() == 0 {
            fields.error("pull", "a reader without `pull` reads nothing");
        }
    }
}

struct Pull<'a>(&'a mut Option<Listen>);

impl Block for Pull<'_> {
    const KEYS: &'static [Key] = &[Key::block("exporter", PullExporter::KEYS)];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("exporter", &mut PullExporter(self.0));
    }
}

struct PullExporter<'a>(&'a mut Option<Listen>);

impl Block for PullExporter<'_> {
    const KEYS: &'static [Key] = &[Key::block("prometheus", PrometheusReader::KEYS)];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("prometheus", &mut PrometheusReader(self.0));
    }
}

struct PrometheusReader<'a>(&'a mut Option<Listen>);

const PLAIN_NAMES: &str = "names have no units and no scopes";

impl Block for PrometheusReader<'_> {
    const KEYS: &'static [Key] = &[
        Key::new("host", "name or IP address", "localhost", "where Prometheus scrapes"),
        Key::new("port", "port", "8888", "where Prometheus scrapes"),
        Key::inert("without_scope_info", PLAIN_NAMES),
        Key::inert("without_units", PLAIN_NAMES),
        Key::refused("without_type_suffix", "comes with a later release; counters end in `_total`"),
        Key::refused("with_resource_constant_labels", "comes with a later release"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        let mut listen = Listen::by_default("localhost", 8888);
        listen.configured = fields.has_value("host") || fields.has_value("port");
        fields.read("host", &mut listen.host);
        fields.read("port", &mut listen.port);
        *self.0 = Some(listen);
    }
}
