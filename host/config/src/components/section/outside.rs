//! The components of the contrib distribution that Sluice does not have, and where each has its place. Their words
//! are parted by underscores here; the Collector's names have had more or fewer of them over time, so
//! [`Section::place_of`](super::boundary::Section::place_of) does not count them.

/// Kinds with the same place, and that place.
pub(crate) type Outside = &'static [(&'static [&'static str], &'static str)];

const BEFORE: &str = "it belongs before tier 1, in the agent that sends OTLP to Sluice";
const AFTER: &str = "it belongs after tier 2, in a Collector that Sluice sends OTLP to";
const WITH_ITS_USER: &str = "it belongs where the component is that uses it, in another Collector";
const NO_COUNTERPART: &str = "Sluice has no counterpart";

#[rustfmt::skip]
pub(super) const RECEIVERS: Outside = &[(
    &[
        "active_directory_ds", "aerospike", "apache", "apache_spark", "aws_cloudwatch", "aws_container_insight",
        "aws_ecs_container_metrics", "aws_firehose", "aws_lambda", "aws_s3", "aws_xray", "azure_blob",
        "azure_event_hub", "azure_functions", "azure_monitor", "bigip", "carbon", "chrony", "cisco_os",
        "cloudflare", "cloud_foundry", "collectd", "couchdb", "datadog", "docker_stats", "elasticsearch",
        "envoy_als", "expvar", "faro", "file_log", "file_stats", "flink_metrics", "fluent_forward", "github",
        "gitlab", "google_cloud_monitoring", "google_cloud_pubsub", "google_cloud_spanner", "haproxy",
        "host_metrics", "http_check", "icmp_check", "iis", "influxdb", "jaeger", "jmx", "journald", "k8s_cluster",
        "k8s_events", "k8s_log", "k8s_objects", "kafka", "kafka_metrics", "kubelet_stats", "libhoney", "loki",
        "macos_unified_logging", "memcached", "mongodb", "mongodb_atlas", "mysql", "named_pipe", "netflow",
        "nginx", "nsxt", "ntp", "opencensus", "oracledb", "osquery", "otel_arrow", "otlp_json_file",
        "podman_stats", "postgresql", "pprof", "prometheus", "prometheus_remote_write", "prometheus_simple",
        "pulsar", "purefa", "purefb", "rabbitmq", "receiver_creator", "redfish", "redis", "riak", "saphana",
        "sapm", "signalfx", "skywalking", "snmp", "snowflake", "solace", "splunk_enterprise", "splunk_hec",
        "sql_query", "sqlserver", "ssh_check", "statsd", "stef", "syslog", "systemd", "tcp_check", "tcp_log",
        "tls_check", "udp_log", "vcenter", "vcr", "wavefront", "webhook_event", "windows_event_log",
        "windows_perf_counters", "windows_service", "yang_grpc", "zipkin", "zookeeper",
    ],
    BEFORE,
)];

#[rustfmt::skip]
pub(super) const PROCESSORS: Outside = &[
    (
        &[
            "attributes", "coralogix", "cumulative_to_delta", "datadog_semantics", "delta_to_cumulative",
            "delta_to_rate", "dns_lookup", "filter", "geoip", "group_by_attrs", "k8s_attributes", "log_dedup",
            "log_struct_parse", "metrics_generation", "metric_start_time", "metrics_transform",
            "probabilistic_sampler", "redaction", "remote_tap", "resource", "resource_detection", "schema", "span",
            "sumologic", "transform", "unroll",
        ],
        BEFORE,
    ),
    (
        &["group_by_trace"],
        "load_balancing by traceID brings each trace to one place, and tail_sampling gathers it there",
    ),
    (&["routing"], "load_balancing is how Sluice chooses a backend"),
    (&["datadog", "interval", "isolation_forest", "service_graph", "span_metrics", "span_pruning"], AFTER),
];

#[rustfmt::skip]
pub(super) const EXPORTERS: Outside = &[
    (
        &[
            "alertmanager", "alibabacloud_logservice", "aws_cloudwatch_logs", "aws_emf", "aws_kinesis", "aws_s3",
            "aws_xray", "azure_blob", "azure_data_explorer", "azure_monitor", "bmc_helix", "carbon", "cassandra",
            "clickhouse", "coralogix", "datadog", "dataset", "doris", "dynatrace", "elasticsearch", "f5cloud",
            "faro", "google_cloud", "google_cloud_pubsub", "google_cloud_storage", "google_managed_prometheus",
            "google_secops", "honeycomb_marker", "influxdb", "instana", "kafka", "logicmonitor", "logzio", "loki",
            "mezmo", "opencensus", "opensearch", "otel_arrow", "prometheus", "prometheus_remote_write", "pulsar",
            "rabbitmq", "sapm", "sentry", "signalfx", "skywalking", "splunk_hec", "stef", "sumologic", "syslog",
            "tanzu_observability", "tencentcloud_logservice", "tinybird", "zipkin",
        ],
        AFTER,
    ),
    (&["logging"], "the Collector replaced it by debug"),
    (&["jaeger"], "Jaeger takes OTLP: use otlp_grpc"),
];

#[rustfmt::skip]
pub(super) const EXTENSIONS: Outside = &[
    (
        &[
            "cf_garden_observer", "docker_observer", "ecs_observer", "ecs_task_observer", "host_observer",
            "http_forwarder", "jaeger_remote_sampling", "k8s_leader_elector", "k8s_observer",
            "kafka_topics_observer",
        ],
        BEFORE,
    ),
    (
        &[
            "avro_log_encoding", "aws_cloudwatch_metric_streams_encoding", "aws_logs_encoding",
            "aws_proxy", "azure_encoding", "google_cloud_logentry_encoding", "jaeger_encoding",
            "json_log_encoding", "otlp_encoding", "skywalking_encoding", "text_encoding", "zipkin_encoding",
            "datadog", "solarwinds_apm_settings", "sumologic",
        ],
        WITH_ITS_USER,
    ),
    (
        &[
            "ack", "asap_auth", "azure_auth", "db_storage", "google_client_auth", "memory_limiter", "oidc",
            "opamp", "redis_storage", "remote_tap", "sigv4auth", "tpm",
        ],
        NO_COUNTERPART,
    ),
];

#[rustfmt::skip]
pub(super) const CONNECTORS: Outside = &[
    (
        &[
            "count", "datadog", "exceptions", "grafana_cloud", "metrics_as_logs", "otlp_json", "service_graph",
            "signal_to_metrics", "slow_sql", "span_metrics", "sum",
        ],
        AFTER,
    ),
    (&["failover", "round_robin", "routing"], "load_balancing is how Sluice chooses a backend"),
];
