//! The configuration in effect, as `sluice config` prints it.

use sluice_config::{Checked, Source};

use super::support::{self, check, text};

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
    for expected in [
        "        endpoint: localhost:4319\n",
        "  batch:\n    timeout: 2s\n    send_batch_size: 5\n",
        "      authorization: '[REDACTED]'\n      x-list: '[REDACTED]'\n",
        "      cert_file: /etc/cert.pem\n      key_pem: '[REDACTED]'\n",
        "    tenant:\n      header: x-tenant\n      salt_token: '[REDACTED]'\n      tokens:\n      - '[REDACTED]'\n      price: \
         $5\n      reference: $${env:PORT}\n",
        "        hostnames:\n        - a:1\n        - b:2\n",
        "    path: http://[REDACTED]@proxy/path\n",
    ] {
        assert!(printed.contains(expected), "{expected} is not in: {printed}");
    }
    assert!(!printed.contains("hunter2") && !printed.contains("s3cret"), "{printed}");
}

/// What nobody wrote is there with its default, but for what means something by being there.
#[test]
fn defaults_are_written_out() {
    let printed = effective(&[text("base", BASE)]);
    for expected in [
        "        max_recv_msg_size_mib: 64\n",
        "    send_batch_max_size: 0\n",
        "    compression: gzip\n",
        "    sending_queue:\n      enabled: true\n      num_consumers: 10\n",
        "    retry_on_failure:\n      enabled: false\n      initial_interval: 5s\n",
        "sluice:\n  shutdown_timeout: 30s\n",
    ] {
        assert!(printed.contains(expected), "{expected} is not in: {printed}");
    }
    assert!(!printed.contains("permit_without_stream") && !printed.contains("dns:"), "{printed}");
}

/// Reading what is printed gives the same configuration: the guide's, and one with little in it.
#[test]
fn what_is_printed_means_the_same() {
    for file in [
        "guide/example-1.yaml",
        "guide/example-3.yaml",
        "guide/example-4.yaml",
        "collector-load-balancing.yaml",
        "collector-tail-sampling.yaml",
    ] {
        let original = check(&[Source::File(support::data(file))]);
        let printed = original.effective().unwrap_or_else(|| panic!("{}", original.findings));
        let again = check(&[text("printed", &printed)]);
        let shown = |checked: &Checked| {
            let config = checked.config.as_ref().unwrap_or_else(|| panic!("{printed}\n{}", checked.findings));
            format!("{config:#?}").replace("configured: true", "configured: false")
        };
        assert_eq!(shown(&again), shown(&original), "{file}");
    }
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
