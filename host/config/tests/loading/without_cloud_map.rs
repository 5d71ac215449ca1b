//! A binary without the aws_cloud_map resolver: `cargo test --package sluice-config --no-default-features without_cloud_map`.

use super::support;

/// The resolver is refused by name, with what to do; everything else of a configuration is still read.
#[test]
fn the_resolver_is_refused_by_name() {
    let text = "receivers: {otlp: {protocols: {grpc: }}}\n\
                exporters: {load_balancing: {resolver: {aws_cloud_map: {namespace: otel, service_name: tier2}}}}\n\
                service: {pipelines: {traces: {receivers: [otlp], exporters: [load_balancing]}}}\n";
    let findings = support::load(text).expect_err("what the binary cannot do").to_string();
    assert_eq!(findings.lines().count(), 1, "{findings}");
    assert!(
        findings.contains("resolver::aws_cloud_map: not served: this binary was built without it"),
        "{findings}"
    );
}
