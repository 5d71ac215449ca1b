//! The boundary: which of the Collector's components Sluice serves, which come later, and where the others
//! have their place. Sluice selects and routes; it does not edit.

use crate::components::exporters::{DebugExporter, FileExporter, LoadBalancing, OtlpExporter};
use crate::components::extensions::HealthCheck;
use crate::components::processors::Batch;
use crate::components::receivers::OtlpReceiver;
use crate::decode::{Block, Key};

/// One section, and what is known of its kinds.
pub(crate) struct Section {
    /// The key in the file.
    pub(crate) name: &'static str,
    /// One of its components, in a sentence.
    pub(crate) one: &'static str,
    /// What it means that nothing refers to a component.
    pub(crate) when_unused: &'static str,
    /// The kinds that Sluice has.
    pub(crate) served: &'static [Served],
    /// The kinds that it will have.
    later: &'static [&'static str],
    /// The kinds whose place is elsewhere, and where.
    outside: &'static [(&'static [&'static str], &'static str)],
}

/// A kind of component that Sluice has.
pub(crate) struct Served {
    pub(crate) kind: &'static str,
    pub(crate) keys: &'static [Key],
    /// Whether it is another name of the one before.
    pub(crate) alias: bool,
}

/// On which side of the boundary a kind is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Boundary {
    Served,
    Later,
    Outside(&'static str),
    Unknown,
}

impl Section {
    /// On which side of the boundary a kind is.
    pub(crate) fn place_of(&self, kind: &str) -> Boundary {
        if self.served.iter().any(|served| served.kind == kind) {
            return Boundary::Served;
        }
        if self.later.contains(&kind) {
            return Boundary::Later;
        }
        let outside = self.outside.iter().find(|(kinds, _)| kinds.contains(&kind));
        outside.map_or(Boundary::Unknown, |(_, place)| Boundary::Outside(place))
    }

    /// Every kind that the Collector's users may mean.
    pub(crate) fn known_kinds(&self) -> impl Iterator<Item = &'static str> {
        let served = self.served.iter().map(|served| served.kind);
        let outside = self.outside.iter().flat_map(|(kinds, _)| kinds.iter().copied());
        served.chain(self.later.iter().copied()).chain(outside)
    }
}

const fn served(kind: &'static str, keys: &'static [Key]) -> Served {
    Served { kind, keys, alias: false }
}

const fn alias(kind: &'static str, keys: &'static [Key]) -> Served {
    Served { kind, keys, alias: true }
}

const BEFORE: &str = "it belongs before tier 1, in the agent that sends OTLP to Sluice";
const AFTER: &str = "it belongs after tier 2, in a Collector that Sluice sends OTLP to";
const UNUSED: &str = "no pipeline uses it, so it is not started";
const RENAMED_DEBUG: &str = "the Collector replaced it by debug";

pub(crate) static RECEIVERS: Section = Section {
    name: "receivers",
    one: "receiver",
    when_unused: UNUSED,
    served: &[served("otlp", OtlpReceiver::KEYS)],
    later: &["nop"],
    outside: &[(
        &[
            "awsxray",
            "cloudfoundry",
            "collectd",
            "datadog",
            "docker_stats",
            "filelog",
            "fluentforward",
            "hostmetrics",
            "influxdb",
            "jaeger",
            "journald",
            "k8s_cluster",
            "k8s_events",
            "k8sobjects",
            "kafka",
            "kubeletstats",
            "loki",
            "opencensus",
            "otelarrow",
            "otlpjsonfile",
            "prometheus",
            "pulsar",
            "signalfx",
            "skywalking",
            "splunk_hec",
            "statsd",
            "syslog",
            "tcplog",
            "udplog",
            "windowseventlog",
            "zipkin",
        ],
        BEFORE,
    )],
};

pub(crate) static PROCESSORS: Section = Section {
    name: "processors",
    one: "processor",
    when_unused: UNUSED,
    served: &[served("batch", Batch::KEYS)],
    later: &["memory_limiter", "tail_sampling"],
    outside: &[
        (
            &[
                "attributes",
                "cumulativetodelta",
                "deltatocumulative",
                "deltatorate",
                "filter",
                "geoip",
                "groupbyattrs",
                "k8sattributes",
                "k8s_attributes",
                "logdedup",
                "log_dedup",
                "metricsgeneration",
                "metricstransform",
                "probabilistic_sampler",
                "redaction",
                "remotetap",
                "resource",
                "resourcedetection",
                "resource_detection",
                "schema",
                "span",
                "sumologic",
                "transform",
                "unroll",
            ],
            BEFORE,
        ),
        (
            &["groupbytrace", "group_by_trace"],
            "load_balancing by traceID brings each trace to one place, and tail_sampling gathers it there",
        ),
        (&["interval", "isolationforest"], AFTER),
    ],
};

pub(crate) static EXPORTERS: Section = Section {
    name: "exporters",
    one: "exporter",
    when_unused: UNUSED,
    served: &[
        served("load_balancing", LoadBalancing::KEYS),
        alias("loadbalancing", LoadBalancing::KEYS),
        served("otlp_grpc", OtlpExporter::KEYS),
        alias("otlp", OtlpExporter::KEYS),
        served("debug", DebugExporter::KEYS),
        served("file", FileExporter::KEYS),
        served("nop", &[]),
    ],
    later: &["otlp_http", "otlphttp"],
    outside: &[
        (
            &[
                "alertmanager",
                "awscloudwatchlogs",
                "awsemf",
                "awsxray",
                "awss3",
                "azuremonitor",
                "cassandra",
                "clickhouse",
                "coralogix",
                "datadog",
                "elasticsearch",
                "googlecloud",
                "honeycombmarker",
                "influxdb",
                "kafka",
                "logzio",
                "loki",
                "mezmo",
                "opensearch",
                "otelarrow",
                "prometheus",
                "prometheusremotewrite",
                "prometheus_remote_write",
                "pulsar",
                "rabbitmq",
                "sapm",
                "sentry",
                "signalfx",
                "splunk_hec",
                "sumologic",
                "syslog",
                "zipkin",
            ],
            AFTER,
        ),
        (&["logging"], RENAMED_DEBUG),
        (&["jaeger"], "Jaeger takes OTLP: use otlp_grpc"),
    ],
};

pub(crate) static EXTENSIONS: Section = Section {
    name: "extensions",
    one: "extension",
    when_unused: "not listed in service::extensions, so it is not started",
    served: &[served("health_check", HealthCheck::KEYS), served("zpages", &[]), served("pprof", &[])],
    later: &[
        "basicauth",
        "bearertokenauth",
        "file_storage",
        "headers_setter",
        "healthcheckv2",
        "oauth2client",
    ],
    outside: &[
        (&["memory_ballast"], "the Collector dropped it; remove the block"),
        (&["docker_observer", "ecs_observer", "host_observer", "k8s_observer"], BEFORE),
        (
            &["asapauth", "awsproxy", "httpforwarder", "jaegerremotesampling", "oidc", "opamp", "sigv4auth"],
            "Sluice has no counterpart",
        ),
    ],
};

pub(crate) static CONNECTORS: Section = Section {
    name: "connectors",
    one: "connector",
    when_unused: UNUSED,
    served: &[],
    later: &["forward"],
    outside: &[
        (
            &[
                "count",
                "datadog",
                "exceptions",
                "grafanacloud",
                "servicegraph",
                "spanmetrics",
                "span_metrics",
                "sum",
            ],
            AFTER,
        ),
        (
            &["failover", "roundrobin", "round_robin", "routing"],
            "load_balancing is how Sluice chooses a backend",
        ),
    ],
};
