//! The aws_cloud_map resolver: each of its keys is read, and has the default that the reference says.

use std::time::Duration;

use sluice_config::{
    AwsCloudMapResolver, CloudMapHealth, Config, ExporterConfig, ResolverConfig, ResolverGuard, Treatment,
    reference,
};

use super::support;

const PREFIX: &str = "exporters::load_balancing::resolver::aws_cloud_map::";

fn text(keys: &str) -> String {
    format!(
        "receivers: {{otlp: {{protocols: {{grpc: }}}}}}\n\
         exporters: {{load_balancing: {{resolver: {{aws_cloud_map: {{{keys}}}}}}}}}\n\
         service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [load_balancing]}}}}}}\n"
    )
}

fn resolver(config: &Config) -> AwsCloudMapResolver {
    match config.exporters.values().next() {
        Some(ExporterConfig::LoadBalancing(balancer)) => match &balancer.resolver {
            ResolverConfig::AwsCloudMap(cloud_map) => cloud_map.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn read(keys: &str) -> AwsCloudMapResolver {
    let loaded = support::load(&text(keys)).unwrap_or_else(|findings| panic!("{keys}\n{findings}"));
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    resolver(&loaded.config)
}

/// What the file says is what comes out, with the port as a number or as text.
#[test]
fn what_is_written_comes_out() {
    let written = "namespace: n, service_name: s, health_status: HEALTHY_OR_ELSE_ALL, port: '4318', interval: 1m, \
                   timeout: 2s, owner_account: '123456789012', endpoint: 'https://vpce-1.example:8443', min_backends: 2, \
                   hysteresis: 1m";
    let expected = AwsCloudMapResolver {
        namespace: "n".to_owned(),
        service_name: "s".to_owned(),
        health_status: CloudMapHealth::HealthyOrElseAll,
        port: Some(4318),
        interval: Duration::from_secs(60),
        timeout: Duration::from_secs(2),
        owner_account: Some("123456789012".to_owned()),
        endpoint: Some("https://vpce-1.example:8443".to_owned()),
        guard: ResolverGuard { min_backends: 2, hysteresis: Duration::from_secs(60) },
    };
    assert_eq!(read(written), expected);
}

/// What is left out, or zero, or empty, is the default, which is the one in the reference.
#[test]
fn defaults_are_those_of_the_reference() {
    let plain = read("namespace: n, service_name: s");
    assert_eq!(plain.health_status, CloudMapHealth::Healthy);
    assert_eq!((plain.interval, plain.timeout), (Duration::from_secs(30), Duration::from_secs(5)));
    assert_eq!((plain.port, &plain.owner_account, &plain.endpoint), (None, &None, &None));
    let zeros =
        "namespace: n, service_name: s, interval: 0, timeout: 0s, owner_account: '', endpoint: '', port: ";
    assert_eq!(read(zeros), plain);
    for entry in reference() {
        let Some(key) = entry.path.strip_prefix(PREFIX) else { continue };
        if let Treatment::Served { default, .. } = entry.treatment
            && !default.starts_with('(')
        {
            assert_eq!(read(&format!("namespace: n, service_name: s, {key}: {default}")), plain, "{key}");
        }
    }
}

/// Every key of the reference is read: something impossible under it is an error there.
#[test]
fn every_key_is_read() {
    let keys: Vec<String> =
        reference().iter().filter_map(|entry| entry.path.strip_prefix(PREFIX).map(str::to_owned)).collect();
    assert_eq!(keys.len(), 10);
    for key in keys {
        let findings = match support::load(&text(&format!("{key}: [{{impossible: [1]}}]"))) {
            Ok(loaded) => loaded.warnings,
            Err(findings) => findings,
        };
        let found = findings.iter().any(|finding| finding.path.starts_with(&format!("{PREFIX}{key}")));
        assert!(found, "{key} is not read: {findings}");
    }
}
