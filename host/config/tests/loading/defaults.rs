//! What stands when a file does not say: the Collector's values, and those of the reference.

use std::fmt::Write;
use std::time::Duration;

use serde_yaml::{Mapping, Value};
use sluice_config::{
    Batch, BatchAck, Compression, Config, Cors, DecisionCache, ExporterConfig, ExtensionConfig, FileFormat,
    Finding, Findings, HttpCompression, HttpEncoding, LogEncoding, LogLevel, MemoryLimiter, MetricsLevel,
    OnError, PluginCache, ProcessorConfig, ReceiverConfig, ResolverConfig, ResolverGuard, Ring,
    SamplingStrategy, Signal, Sizer, Treatment, Verbosity, reference,
};

use super::support;

/// One component of each kind, with nothing but what it cannot do without.
const SPARSE: &str = "
receivers: {otlp: {protocols: {grpc: , http: }}}
processors: {batch: , memory_limiter: {check_interval: 1s, limit_mib: 1000}, tail_sampling: }
exporters:
  load_balancing: {resolver: {dns: {hostname: backends}}}
  otlp_grpc: {endpoint: backend:4317}
  otlp_http: {endpoint: http://backend:4318/}
  debug:
  file: {path: out}
  nop:
extensions: {health_check: , oauth2client: {client_id: a, client_secret: b, token_url: 'https://c/'}}
service:
  extensions: [health_check, oauth2client]
  pipelines:
    traces:
      receivers: [otlp]
      processors: [batch, memory_limiter, tail_sampling]
      exporters: [load_balancing, otlp_grpc, otlp_http, debug, file, nop]
";

fn sparse() -> Config {
    support::load(SPARSE).unwrap_or_else(|findings| panic!("{findings}")).config
}

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// The receiver and the batch processor.
#[test]
fn what_comes_in() {
    let config = sparse();
    let Some(ReceiverConfig::Otlp(otlp)) = config.receivers.values().next() else { panic!("{config:?}") };
    let grpc = otlp.grpc.as_ref().expect("gRPC");
    assert_eq!((grpc.endpoint.to_string().as_str(), grpc.endpoint.configured), ("localhost:4317", false));
    assert_eq!((grpc.max_recv_msg_size_mib, grpc.max_concurrent_streams), (64, 1_024));
    assert_eq!((grpc.read_buffer_size, grpc.write_buffer_size), (524_288, 32_768));
    assert_eq!((grpc.max_connections, grpc.max_in_flight_bytes), (4_096, 536_870_912));
    assert_eq!((grpc.keepalive.max_connection_age, grpc.read_timeout), (None, seconds(60)));
    assert_eq!((grpc.keepalive.time, grpc.keepalive.timeout), (seconds(60), seconds(20)));

    let http = otlp.http.as_ref().expect("HTTP");
    assert_eq!((http.endpoint.to_string().as_str(), http.endpoint.configured), ("localhost:4318", false));
    let paths = [&http.traces_url_path, &http.logs_url_path, &http.metrics_url_path];
    assert_eq!(paths, ["/v1/traces", "/v1/logs", "/v1/metrics"]);
    assert_eq!((http.max_request_body_size, http.max_connections), (67_108_864, 4_096));
    assert_eq!((http.read_timeout, http.read_header_timeout), (Some(seconds(60)), Some(seconds(60))));
    assert_eq!((http.write_timeout, http.idle_timeout), (Some(seconds(30)), Some(seconds(60))));
    assert_eq!((http.keep_alives_enabled, &http.cors), (true, &Cors::default()));
    assert_eq!(http.compression_algorithms, ["", "gzip", "zstd", "zlib", "snappy", "deflate", "lz4"]);

    let batch = Batch {
        send_batch_size: 8_192,
        timeout: Duration::from_millis(200),
        send_batch_max_size: 0,
        metadata_keys: Vec::new(),
        metadata_cardinality_limit: 1_000,
        ack: BatchAck::Delivered,
    };
    let limiter = MemoryLimiter { check_interval: seconds(1), limit_mib: 1_000, ..MemoryLimiter::default() };
    let processors: Vec<_> = config.processors.values().cloned().collect();
    assert_eq!(processors[..2], [ProcessorConfig::Batch(batch), ProcessorConfig::MemoryLimiter(limiter)]);
    assert!(matches!(processors[2..], [ProcessorConfig::TailSampling(_)]), "{processors:?}");
}

/// The tail sampler: the Collector's values, except that caches and shards are as large as they should be.
#[test]
fn what_is_sampled() {
    let config = sparse();
    let Some(ProcessorConfig::TailSampling(sampling)) = config.processors.values().last() else {
        panic!("{config:?}")
    };
    assert_eq!((sampling.decision_wait, sampling.num_traces), (seconds(30), 50_000));
    let waits = [sampling.decision_wait_after_root_received, sampling.decision_wait_after_last_span];
    assert_eq!(waits, [Duration::ZERO; 2]);
    assert_eq!((sampling.expected_new_traces_per_sec, sampling.maximum_trace_size_bytes), (0, 0));
    assert_eq!((sampling.max_memory_mib, sampling.num_shards), (None, None));
    assert_eq!(sampling.decision_cache, DecisionCache::default());
    assert_eq!(sampling.decision_cache.sampled_cache_size, None);
    assert_eq!(sampling.sampling_strategy, SamplingStrategy::TraceComplete);
    assert!(!sampling.block_on_overflow && !sampling.sample_on_first_match);
    assert!(!sampling.drop_pending_traces_on_shutdown);
    assert!(!sampling.use_tracestate && !sampling.record_policy && !sampling.dry_run);
    assert_eq!((sampling.explain.decisions, sampling.explain.max_mib), (10_000, 16));
    assert!(sampling.policies.is_empty());
}

/// Limits of time are switched off by 0, as in the Collector, and a size of 0 is the default.
#[test]
fn zero_switches_limits_off() {
    let config = support::load(
        "receivers: {otlp: {protocols: {http: {read_timeout: 0, read_header_timeout: 0s, write_timeout: 0, \
         idle_timeout: 0, max_request_body_size: 0}}}}\nexporters: {nop: }\n\
         service: {pipelines: {traces: {receivers: [otlp], exporters: [nop]}}}",
    );
    let config = config.unwrap_or_else(|findings| panic!("{findings}")).config;
    let Some(ReceiverConfig::Otlp(otlp)) = config.receivers.values().next() else { panic!("{config:?}") };
    let http = otlp.http.as_ref().expect("HTTP");
    let limits = [http.read_timeout, http.read_header_timeout, http.write_timeout, http.idle_timeout];
    assert_eq!((limits, http.max_request_body_size), ([None; 4], 67_108_864));
    assert!(otlp.grpc.is_none());
}

/// The exporters: level 2 of load balancing has queue and retry, level 1 has neither.
#[test]
fn what_goes_out() {
    let config = sparse();
    for exporter in config.exporters.values() {
        match exporter {
            ExporterConfig::LoadBalancing(balancer) => {
                assert_eq!((balancer.ring, balancer.on_error), (Ring::Three, OnError::Fallback));
                assert_eq!((balancer.routing_key.as_deref(), balancer.timeout), (None, Duration::ZERO));
                assert!(balancer.routing_key_settings.is_null());
                assert!(!balancer.sending_queue.enabled && !balancer.retry_on_failure.enabled);
                let ResolverConfig::Dns(dns) = &balancer.resolver else { panic!("{balancer:?}") };
                assert_eq!((dns.port, dns.interval, dns.timeout), (None, None, seconds(1)));
                assert_eq!((dns.srv, dns.guard), (false, ResolverGuard::default()));
                assert!(dns.nameservers.is_empty());
                assert_eq!(balancer.otlp.endpoint, "");
                assert_template(&balancer.otlp);
            }
            ExporterConfig::Otlp(otlp) => assert_template(otlp),
            ExporterConfig::OtlpHttp(otlp) => {
                assert_eq!((otlp.encoding, otlp.compression), (HttpEncoding::Proto, HttpCompression::Gzip));
                assert_eq!((otlp.timeout, otlp.idle_conn_timeout), (seconds(30), seconds(90)));
                assert!(otlp.sending_queue.enabled && otlp.retry_on_failure.enabled);
                let url = otlp.url(Signal::Logs);
                assert_eq!(url.as_deref(), Some("http://backend:4318/v1/logs"));
            }
            ExporterConfig::Debug(debug) => assert_eq!(debug.verbosity, Verbosity::Basic),
            ExporterConfig::File(file) => {
                assert_eq!((file.format, file.append), (FileFormat::Json, false));
                assert_eq!(file.flush_interval, seconds(1));
            }
            ExporterConfig::Nop => {}
        }
    }
}

/// The port of a DNS resolver is a number or a text, as people write both, and may come from a variable.
#[test]
fn a_port_is_a_number_or_a_text() {
    for written in ["4319", "'4319'", "'${env:PORT}'"] {
        let dns = format!("dns: {{hostname: backends, port: {written}}}");
        let text = SPARSE.replace("dns: {hostname: backends}", &dns);
        assert_ne!(text, SPARSE);
        let config = support::load(&text).unwrap_or_else(|findings| panic!("{written}: {findings}")).config;
        let ports: Vec<_> = config
            .exporters
            .values()
            .filter_map(|exporter| match exporter {
                ExporterConfig::LoadBalancing(balancer) => Some(&balancer.resolver),
                _ => None,
            })
            .map(|resolver| match resolver {
                ResolverConfig::Dns(dns) => dns.port,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(ports, [Some(4319)], "{written}");
    }
}

fn assert_template(otlp: &sluice_config::OtlpExporter) {
    assert_eq!((otlp.timeout, otlp.compression), (seconds(5), Compression::Gzip));
    assert_eq!((&otlp.keepalive, &otlp.authority, otlp.headers.len()), (&None, &None, 0));
    assert!(!otlp.tls.insecure && !otlp.tls.insecure_skip_verify);
    assert_eq!(otlp.max_request_bytes, 4_128_768);
    let retry = &otlp.retry_on_failure;
    assert!(retry.enabled);
    assert_eq!((retry.initial_interval, retry.max_interval), (seconds(5), seconds(30)));
    assert_eq!((retry.randomization_factor, retry.multiplier), (0.5, 1.5));
    assert_eq!(retry.max_elapsed_time, seconds(300));
    let queue = &otlp.sending_queue;
    assert!(queue.enabled && !queue.block_on_overflow);
    assert_eq!((queue.num_consumers, queue.queue_size, queue.sizer), (10, 1_000, Sizer::Requests));
}

/// What stands beside the pipelines.
#[test]
fn what_stands_beside() {
    let config = sparse();
    let Some(ExtensionConfig::HealthCheck(health)) = config.extensions.values().next() else {
        panic!("{config:?}")
    };
    assert_eq!(
        (health.endpoint.to_string().as_str(), health.endpoint.configured),
        ("localhost:13133", false)
    );
    assert_eq!(health.path, "/");
    let telemetry = &config.service.telemetry;
    assert_eq!((telemetry.logs.level, telemetry.logs.encoding), (LogLevel::Info, LogEncoding::Console));
    assert_eq!(telemetry.logs.output_paths, ["stderr"]);
    assert_eq!(telemetry.metrics.level, MetricsLevel::Normal);
    let prometheus = telemetry.metrics.prometheus.as_ref().expect("an address");
    assert_eq!((prometheus.to_string().as_str(), prometheus.configured), ("localhost:8888", false));
    assert_eq!((config.sluice.shutdown_timeout, config.sluice.worker_threads), (seconds(30), 0));
    let admin = &config.sluice.admin_endpoint;
    assert_eq!((admin.to_string().as_str(), admin.configured), ("localhost:13134", false));
    assert!(!config.sluice.admin_capture, "span data is not for everybody");
    let plugins = &config.plugins;
    assert_eq!((plugins.directories.len(), &plugins.cache), (0, &PluginCache::Standard));
    assert_eq!((plugins.deadline, plugins.max_memory_mib), (Duration::from_millis(100), 64));
    assert_eq!((plugins.max_rows, plugins.max_call_bytes), (8_192, 4_194_304));
}

/// A queue of level 1 is on as soon as it is there; no level of metrics and no reader mean no address.
#[test]
fn what_depends_on_being_there() {
    let with_queue = SPARSE.replace("load_balancing: {", "load_balancing: {sending_queue: , ");
    let config = support::load(&with_queue).expect("valid").config;
    let queues: Vec<_> = config
        .exporters
        .values()
        .filter_map(|exporter| match exporter {
            ExporterConfig::LoadBalancing(balancer) => Some(balancer.sending_queue.enabled),
            _ => None,
        })
        .collect();
    assert_eq!(queues, [true]);
    for metrics in ["{level: none}", "{readers: []}"] {
        let text = SPARSE.replace("service:", &format!("service:\n  telemetry: {{metrics: {metrics}}}"));
        let config = support::load(&text).expect("valid").config;
        assert_eq!(config.service.telemetry.metrics.prometheus, None, "{metrics}");
    }
}

/// Writing out a key with the default that the reference names changes nothing, except that an address is
/// then a configured one.
#[test]
fn the_reference_names_the_true_defaults() {
    let mut checked = 0;
    for (path, treatment) in keys() {
        let Treatment::Served { default, .. } = treatment else { continue };
        // What SPARSE itself fills has another value than the default.
        let is_filled = ["{}", "[]"].contains(&default) && path.starts_with("service");
        if default.starts_with('(') || is_filled || means_something_by_being_there(&path) {
            continue;
        }
        let plain = support::load(&sparse_with_block_of(&path)).expect("valid").config;
        let text = with(&path, default);
        let loaded = support::load(&text).unwrap_or_else(|findings| panic!("{text}\n{findings}"));
        assert!(unconfigured(&loaded.config) == unconfigured(&plain), "{path} is not {default}");
        checked += 1;
    }
    assert!(checked >= 60, "only {checked} defaults were checked");
}

/// Every key that the reference calls served is read: something impossible under it is an error there.
#[test]
fn every_served_key_is_read() {
    for (path, treatment) in keys() {
        let Treatment::Served { .. } = treatment else { continue };
        let findings = findings(&with(&path, "[{impossible: [1]}]"));
        let found = findings.iter().any(|finding| place(finding).starts_with(&path));
        assert!(found, "{path} is not read: {findings}");
    }
}

/// Every key that is refused, or changes nothing, says so at its place.
#[test]
fn every_key_that_is_not_served_is_named() {
    for (path, treatment) in keys() {
        let (Treatment::Refused(reason) | Treatment::Inert(reason)) = treatment else { continue };
        let findings = findings(&with(&path, "{}"));
        let found =
            findings.iter().any(|finding| place(finding) == path && finding.message.ends_with(reason));
        assert!(found, "{path}: {findings}");
    }
}

/// The keys of the reference that can be added to SPARSE: it has a DNS resolver, so not those of another one.
fn keys() -> impl Iterator<Item = (String, Treatment)> {
    reference()
        .into_iter()
        .filter(|entry| !["resolver::static", "resolver::aws"].iter().any(|other| entry.path.contains(other)))
        .map(|entry| (entry.path.replace("::NAME::", "::traces::"), entry.treatment))
}

/// Keys of blocks that are off until they are there, or that cannot be there without others.
fn means_something_by_being_there(path: &str) -> bool {
    path.contains("load_balancing::sending_queue::")
        || (path.starts_with("receivers::") || path.starts_with("extensions::health_check::"))
            && path.contains("::tls::")
        || path.starts_with("extensions::basicauth::")
        || path.starts_with("extensions::bearertokenauth::")
        || path.starts_with("extensions::headers_setter::")
        || path.starts_with("exporters::") && path.contains("::keepalive::")
        || path.starts_with("processors::tail_sampling::policies::")
}

fn findings(text: &str) -> Findings {
    match support::load(text) {
        Ok(loaded) => loaded.warnings,
        Err(findings) => findings,
    }
}

/// A finding's path, as the reference writes it.
fn place(finding: &Finding) -> String {
    finding.path.replace("[0]", "")
}

/// SPARSE, with the resolver that a key belongs to: there is one at a time.
fn sparse_with_block_of(path: &str) -> String {
    if path.contains("resolver::k8s") {
        SPARSE.replace("dns: {hostname: backends}", "k8s: {service: backends}")
    } else {
        SPARSE.to_owned()
    }
}

/// SPARSE with one more value.
fn with(path: &str, value: &str) -> String {
    let mut tree: Value = serde_yaml::from_str(&sparse_with_block_of(path)).expect("YAML");
    let mut place = &mut tree;
    for key in path.split("::") {
        if place.is_null() {
            *place = Value::Mapping(Mapping::new());
        }
        place = place.as_mapping_mut().expect("a block").entry(key.into()).or_insert(Value::Null);
        if key == "policies" && path.contains("::policies::") {
            // The block of a policy is named like its type.
            let kind = path.rsplit("policies::").next().and_then(|rest| rest.split_once("::"));
            let policy = format!("{{name: p, type: {}}}", kind.map_or("always_sample", |(kind, _)| kind));
            *place = Value::Sequence(vec![serde_yaml::from_str(&policy).expect("YAML")]);
            place = &mut place[0];
        }
        if key == "rate_allocation"
            || key == "readers"
            || key == "headers" && path.starts_with("extensions::")
        {
            *place = Value::Sequence(vec![Value::Null]);
            place = &mut place[0];
        }
    }
    *place = serde_yaml::from_str(value).expect("YAML");
    serde_yaml::to_string(&tree).expect("YAML")
}

/// The configuration as text, without whether addresses are configured.
fn unconfigured(config: &Config) -> String {
    let mut text = String::new();
    write!(text, "{config:?}").expect("a string");
    text.replace("configured: true", "configured: false")
}

/// Names of metrics are whole unless told otherwise, in one key for all of it or in a reader.
#[test]
fn metric_names_can_be_short() {
    let names = |metrics: &str| {
        let text = format!(
            "receivers: {{otlp: {{protocols: {{grpc: }}}}}}\nexporters: {{nop: }}\nservice:\n  telemetry: {{metrics: {metrics}}}\n  \
             pipelines: {{traces: {{receivers: [otlp], exporters: [nop]}}}}\n"
        );
        let loaded = support::load(&text).unwrap_or_else(|findings| panic!("{findings}"));
        assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
        let metrics = loaded.config.service.telemetry.metrics;
        (metrics.without_type_suffix, metrics.without_units)
    };
    let reader = |keys: &str| format!("[{{pull: {{exporter: {{prometheus: {{{keys}}}}}}}}}]");
    assert_eq!(names("{}"), (false, false));
    assert_eq!(names("{metric_names: collector}"), (true, true));
    assert_eq!(names(&format!("{{readers: {}}}", reader("port: 1, without_units: true"))), (false, true));
    let both = format!("{{metric_names: collector, readers: {}}}", reader("without_type_suffix: false"));
    assert_eq!(names(&both), (false, true));
}
