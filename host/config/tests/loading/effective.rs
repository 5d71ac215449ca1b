//! The configuration in effect, as `sluice config` prints it.

use sluice_config::Source;

use super::support::{check, text};

const BASE: &str = "
receivers: {otlp: {protocols: {grpc: {endpoint: 'localhost:${env:PORT}'}}}}
processors: {batch: {timeout: 1s}}
exporters:
  otlp_grpc:
    endpoint: backend:4317
    headers: {authorization: 'Bearer ${env:TOKEN}', x-list: hunter2}
    tls: {cert_file: /etc/cert.pem, key_pem: hunter2}
  load_balancing:
    routing_key: tenant
    tenant: {header: x-tenant, salt_token: hunter2, tokens: [hunter2], price: $$5, reference: '$${env:PORT}'}
    resolver: {static: {hostnames: '${env:HOSTS}'}}
  file: {path: 'http://user:hunter2@proxy/path'}
service:
  pipelines: {traces: {receivers: [otlp], processors: [batch], exporters: [otlp_grpc, load_balancing, file]}}
";

fn effective(sources: &[Source]) -> String {
    let checked = check(sources);
    checked.effective().unwrap_or_else(|| panic!("{}", checked.findings))
}

/// Merged, with references replaced, and nothing secret: neither what is read as a secret, nor what a plugin's
/// settings call one, nor the password of an address.
#[test]
fn the_effective_configuration_has_no_secrets() {
    let later = text("later", "processors: {batch: {timeout: 2s, send_batch_size: 5}}");
    let printed = effective(&[text("base", BASE), later]);
    let expected = "receivers:
  otlp:
    protocols:
      grpc:
        endpoint: localhost:4319
processors:
  batch:
    timeout: 2s
    send_batch_size: 5
exporters:
  otlp_grpc:
    endpoint: backend:4317
    headers:
      authorization: '[REDACTED]'
      x-list: '[REDACTED]'
    tls:
      cert_file: /etc/cert.pem
      key_pem: '[REDACTED]'
  load_balancing:
    routing_key: tenant
    tenant:
      header: x-tenant
      salt_token: '[REDACTED]'
      tokens:
      - '[REDACTED]'
      price: $5
      reference: $${env:PORT}
    resolver:
      static:
        hostnames:
        - a:1
        - b:2
  file:
    path: http://[REDACTED]@proxy/path
service:
  pipelines:
    traces:
      receivers:
      - otlp
      processors:
      - batch
      exporters:
      - otlp_grpc
      - load_balancing
      - file
";
    assert_eq!(printed, expected);
}

/// What is printed is a configuration, and means the same.
#[test]
fn what_is_printed_can_be_read() {
    let printed = effective(&[text("base", BASE)]);
    let again = check(&[text("printed", &printed)]);
    assert!(again.config.is_some(), "{}", again.findings);
    assert_eq!(again.effective(), Some(printed));
}

/// A configuration with errors is not printed: what a component that nobody reads holds may be secret.
#[test]
fn a_wrong_configuration_is_not_printed() {
    let broken = BASE.replace("exporters:\n", "exporters:\n  kafka: {auth: {sasl: {pass: hunter2}}}\n");
    let checked = check(&[text("base", &broken)]);
    assert_eq!(checked.findings.errors(), 1, "{}", checked.findings);
    assert_eq!(checked.effective(), None);
    assert!(!format!("{checked:?}").contains("hunter2"));
}
