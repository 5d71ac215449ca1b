use crate::decode::{Block, Fields, Key, Node, Read, choice};
use crate::types::listen::Listen;

/// `service::telemetry::metrics`.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricsTelemetry {
    /// How much is told.
    pub level: MetricsLevel,
    /// Where Prometheus scrapes; nowhere when `None`.
    pub prometheus: Option<Listen>,
    /// Whether counters do without `_total`.
    pub without_type_suffix: bool,
    /// Whether names do without units.
    pub without_units: bool,
}

/// What `metric_names` can be, and whether names are without suffixes then.
const METRIC_NAMES: &[(&str, bool)] = &[("prometheus", false), ("collector", true)];

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
        Self {
            level: MetricsLevel::Normal,
            prometheus: Some(Listen::by_default("localhost", 8888)),
            without_type_suffix: false,
            without_units: false,
        }
    }
}

impl Block for MetricsTelemetry {
    const KEYS: &'static [Key] = &[
        Key::new("level", "`none`, `basic`, `normal` or `detailed`", "normal", "`none`: no metrics at all"),
        Key::new("address", "address", "localhost:8888", "where Prometheus scrapes; the older form")
            .optional(),
        Key::block("readers", Reader::KEYS).optional(),
        Key::new(
            "metric_names",
            "`prometheus` or `collector`",
            "prometheus",
            "`collector`: no `_total`, no units",
        )
        .own(),
        Key::refused("views", "Sluice does not change its metrics"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("level", &mut self.level);
        fields.read("address", &mut self.prometheus);
        let names = fields.get("metric_names").and_then(|node| node.one_of(METRIC_NAMES, str::eq));
        let is_short = names.unwrap_or(false);
        (self.without_type_suffix, self.without_units) = (is_short, is_short);
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
            let Some(prometheus) = reader.prometheus else { continue };
            self.without_type_suffix = prometheus.without_type_suffix.unwrap_or(self.without_type_suffix);
            self.without_units = prometheus.without_units.unwrap_or(self.without_units);
            self.prometheus.get_or_insert(prometheus.listen);
        }
    }
}

/// An item of `readers`, and the nest of blocks in it.
#[derive(Default)]
struct Reader {
    prometheus: Option<PrometheusReader>,
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

struct Pull<'a>(&'a mut Option<PrometheusReader>);

impl Block for Pull<'_> {
    const KEYS: &'static [Key] = &[Key::block("exporter", PullExporter::KEYS)];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("exporter", &mut PullExporter(self.0));
    }
}

struct PullExporter<'a>(&'a mut Option<PrometheusReader>);

impl Block for PullExporter<'_> {
    const KEYS: &'static [Key] = &[Key::block("prometheus", PrometheusReader::KEYS)];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("prometheus", self.0);
    }
}

/// Where Prometheus scrapes, and what it finds there.
struct PrometheusReader {
    listen: Listen,
    without_type_suffix: Option<bool>,
    without_units: Option<bool>,
}

impl Default for PrometheusReader {
    fn default() -> Self {
        Self { listen: Listen::by_default("localhost", 8888), without_type_suffix: None, without_units: None }
    }
}

impl Block for PrometheusReader {
    const KEYS: &'static [Key] = &[
        Key::new("host", "name or IP address", "localhost", "where Prometheus scrapes"),
        Key::new("port", "port", "8888", "where Prometheus scrapes"),
        Key::new("without_type_suffix", "true or false", "(false)", "whether counters do without `_total`"),
        Key::new(
            "without_units",
            "true or false",
            "(false)",
            "whether names do without `_seconds` and `_bytes`",
        ),
        Key::inert("without_scope_info", "names and labels have no scopes"),
        Key::refused("with_resource_constant_labels", "comes with a later release"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        self.listen.configured = fields.has_value("host") || fields.has_value("port");
        fields.read("host", &mut self.listen.host);
        fields.read("port", &mut self.listen.port);
        fields.read("without_type_suffix", &mut self.without_type_suffix);
        fields.read("without_units", &mut self.without_units);
    }
}
