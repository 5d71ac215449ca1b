//! The guide's configurations, with only what they leave out added, and a larger file of the Collector's.

use std::path::PathBuf;
use std::time::Duration;

use sluice_config::{
    AddressFamily, AwsCloudMapResolver, CloudMapHealth, Compression, Config, ExporterConfig, K8sResolver,
    LoadBalancing, LogEncoding, LogLevel, OnError, PolicyKind, ProcessorConfig, ReceiverConfig,
    ResolverConfig, ResolverGuard, Ring, ServicePort, Signal, Terminating, Verbosity,
};

use super::support;

fn config(file: &str) -> (Config, Vec<String>) {
    let loaded = support::load_file(&support::data(file)).unwrap_or_else(|findings| panic!("{findings}"));
    let warnings = loaded.warnings.iter().map(|finding| finding.message.clone()).collect();
    (loaded.config, warnings)
}

fn balancer<'a>(config: &'a Config, id: &str) -> &'a LoadBalancing {
    let found = config.exporters.iter().find(|(found, _)| found.as_str() == id);
    match found {
        Some((_, ExporterConfig::LoadBalancing(balancer))) => balancer,
        other => panic!("{id} is {other:?}"),
    }
}

/// Example 1 loads without a word: the DNS resolver with an integer port, and `batch` with nothing in it.
#[test]
fn example_1_loads() {
    let (config, warnings) = config("guide/example-1.yaml");
    assert_eq!(warnings, Vec::<String>::new());
    let balancer = balancer(&config, "loadbalancing");
    assert_eq!(balancer.routing_key_for(Signal::Traces), "traceID");
    assert_eq!(balancer.otlp.timeout, Duration::from_secs(1));
    assert!(balancer.otlp.tls.insecure);
    assert!(!balancer.sending_queue.enabled && !balancer.retry_on_failure.enabled);
    assert!(balancer.otlp.sending_queue.enabled && balancer.otlp.retry_on_failure.enabled);
    let ResolverConfig::Dns(dns) = &balancer.resolver else { panic!("{:?}", balancer.resolver) };
    assert_eq!(dns.hostname, "otelcol-tier2-headless.observability.svc.cluster.local");
    assert_eq!(
        (dns.port, dns.interval, dns.timeout),
        (Some(4317), Some(Duration::from_secs(5)), Duration::from_secs(1))
    );
    assert_eq!(config.processors.len(), 1);
    assert_eq!(config.service.pipelines[0].exporters[0].as_str(), "loadbalancing");
}

/// Example 3 loads without a word: `queue` is the queue of level 1, and both levels have their numbers.
#[test]
fn example_3_loads() {
    let (config, warnings) = config("guide/example-3.yaml");
    assert_eq!(warnings, Vec::<String>::new());
    let balancer = balancer(&config, "loadbalancing");
    assert!(balancer.sending_queue.enabled);
    assert_eq!((balancer.sending_queue.num_consumers, balancer.sending_queue.queue_size), (10, 1_000));
    let outer = &balancer.retry_on_failure;
    assert!(outer.enabled);
    assert_eq!(outer.max_elapsed_time, Duration::from_secs(300));
    assert_eq!((outer.multiplier, outer.randomization_factor), (1.5, 0.5));
    let inner = &balancer.otlp.retry_on_failure;
    assert_eq!(
        (inner.initial_interval, inner.max_interval),
        (Duration::from_secs(1), Duration::from_secs(10))
    );
    assert_eq!(balancer.otlp.sending_queue.queue_size, 100);
    let ResolverConfig::Dns(dns) = &balancer.resolver else { panic!("{:?}", balancer.resolver) };
    assert_eq!(dns.port, None);
    assert_eq!(config.extensions.len(), 1);
}

/// Example 4 loads without a word: three policies, and the Collector's numbers.
#[test]
fn example_4_loads() {
    let (config, warnings) = config("guide/example-4.yaml");
    assert_eq!(warnings, Vec::<String>::new());
    let Some(ProcessorConfig::TailSampling(sampling)) = config.processors.values().next() else {
        panic!("{config:?}")
    };
    assert_eq!((sampling.decision_wait, sampling.num_traces), (Duration::from_secs(30), 50_000));
    let policies: Vec<_> = sampling
        .leaves()
        .into_iter()
        .map(|(_, policy)| match &policy.kind {
            PolicyKind::Leaf { plugin, settings } => {
                (policy.name.as_str(), plugin.as_str(), settings.clone())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        policies,
        [
            ("errors-policy", "status_code", serde_json::json!({"status_codes": ["ERROR"]})),
            ("latency-policy", "latency", serde_json::json!({"threshold_ms": 500})),
            ("probabilistic-policy", "probabilistic", serde_json::json!({"sampling_percentage": 10.0})),
        ]
    );
}

/// Example 2 loads without a word and without a cluster: the Service with its namespace, the port, and the defaults.
#[test]
fn example_2_loads() {
    let (config, warnings) = config("guide/example-2.yaml");
    assert_eq!(warnings, Vec::<String>::new());
    let ResolverConfig::K8s(k8s) = &balancer(&config, "loadbalancing").resolver else { panic!("{config:?}") };
    let expected = K8sResolver {
        service: "otelcol-tier2".to_owned(),
        namespace: Some("observability".to_owned()),
        ports: vec![ServicePort::Number(4317)],
        timeout: Duration::from_secs(60),
        return_hostnames: false,
        terminating: Terminating::Drop,
        address_family: AddressFamily::All,
        zone: None,
        guard: ResolverGuard::default(),
    };
    assert_eq!(*k8s, expected);
}

/// The appendix loads without a word: AWS Cloud Map, with what it leaves out as the Collector has it.
#[test]
fn the_appendix_loads() {
    let (config, warnings) = config("guide/appendix.yaml");
    assert_eq!(warnings, Vec::<String>::new());
    let ResolverConfig::AwsCloudMap(cloud_map) = &balancer(&config, "loadbalancing").resolver else {
        panic!("{config:?}")
    };
    let expected = AwsCloudMapResolver {
        namespace: "otel-collectors".to_owned(),
        service_name: "tier2-collector".to_owned(),
        health_status: CloudMapHealth::Healthy,
        port: Some(4317),
        interval: Duration::from_secs(30),
        timeout: Duration::from_secs(5),
        owner_account: None,
        endpoint: None,
        guard: ResolverGuard::default(),
    };
    assert_eq!(*cloud_map, expected);
}

/// A larger file comes out as it was meant: names, references, anchors, addresses, plugin settings.
#[test]
fn a_larger_file_comes_out_as_it_was_meant() {
    let (config, warnings) = config("collector-load-balancing.yaml");
    assert_eq!(warnings, ["`b` is listed twice and gets twice the share"]);

    let eu = balancer(&config, "load_balancing/eu");
    assert_eq!(eu.routing_key, None);
    assert_eq!(Signal::ALL.map(|signal| eu.routing_key_for(signal)), ["traceID", "service", "service"]);
    assert_eq!(eu.otlp.compression, Compression::Zstd);
    let (name, value) = &eu.otlp.headers[0];
    assert_eq!((name.as_str(), value.expose()), ("authorization", "Bearer s3cret"));
    assert_eq!(eu.otlp.tls.ca_file, Some(PathBuf::from("/etc/ssl/eu.pem")));
    assert_eq!(eu.otlp.keepalive.as_ref().map(|keepalive| keepalive.time), Some(Duration::from_secs(20)));
    assert_eq!(eu.resolver, ResolverConfig::Static { hostnames: vec!["10.0.0.1:4317".to_owned()] });

    let by_tenant = balancer(&config, "loadbalancing");
    assert_eq!(by_tenant.routing_key_for(Signal::Logs), "tenant");
    assert_eq!(by_tenant.routing_key_settings, serde_json::json!({"header": "x-tenant", "depth": 2}));
    assert_eq!((by_tenant.on_error, by_tenant.ring), (OnError::Reject, Ring::Two));
    assert_eq!(by_tenant.otlp.max_request_bytes, 1_000_000);
    assert_eq!(by_tenant.timeout, Duration::from_secs(10));

    for (id, exporter) in &config.exporters {
        match (id.as_str(), exporter) {
            ("otlp_grpc/archive", ExporterConfig::Otlp(otlp)) => {
                assert_eq!(otlp.endpoint, "dns:///archive:4317");
                assert_eq!(otlp.compression, Compression::Zstd);
                assert!(!otlp.sending_queue.enabled);
            }
            ("debug", ExporterConfig::Debug(debug)) => assert_eq!(debug.verbosity, Verbosity::Detailed),
            ("nop", ExporterConfig::Nop) => {}
            (_, ExporterConfig::LoadBalancing(_)) => {}
            other => panic!("{other:?}"),
        }
    }

    let listens: Vec<_> = config
        .receivers
        .values()
        .map(|receiver| match receiver {
            ReceiverConfig::Otlp(otlp) => otlp.grpc.as_ref().map(|grpc| grpc.endpoint.to_string()),
            ReceiverConfig::Nop => None,
        })
        .collect();
    assert_eq!(listens, [Some("0.0.0.0:4317".to_owned()), Some(":14317".to_owned())]);

    let telemetry = &config.service.telemetry;
    assert_eq!((telemetry.logs.level, telemetry.logs.encoding), (LogLevel::Warn, LogEncoding::Json));
    assert_eq!(telemetry.logs.output_paths, ["stdout", "/var/log/sluice.log"]);
    let prometheus = telemetry.metrics.prometheus.as_ref().expect("an address");
    assert_eq!((prometheus.to_string().as_str(), prometheus.configured), ("127.0.0.1:9999", true));
    assert_eq!(telemetry.resource, [("service.name".to_owned(), "gateway".to_owned())]);

    let pipelines: Vec<_> = config.service.pipelines.iter().map(|pipeline| pipeline.id.to_string()).collect();
    assert_eq!(pipelines, ["traces", "traces/internal", "logs", "metrics"]);
}

/// What `cargo xtask run` starts loads without a warning.
#[test]
fn the_configurations_of_the_repository_load() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config");
    for file in ["gateway.yaml", "sampler.yaml", "backend.yaml"] {
        let loaded = support::load_file(&folder.join(file)).unwrap_or_else(|findings| panic!("{findings}"));
        assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    }
}
