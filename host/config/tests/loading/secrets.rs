//! Nothing that is printed shows a secret.

use sluice_config::Secret;

use super::support;

const WITH_SECRETS: &str = "
receivers: {otlp: {protocols: {grpc: }}}
exporters:
  otlp_grpc:
    endpoint: backend:4317
    headers: {authorization: 'Bearer hunter2', x-token: '${env:TOKEN}'}
    tls: {cert_pem: certificate, key_pem: hunter2}
service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}}
";

/// The configuration can be printed whole.
#[test]
fn a_printed_configuration_has_no_secrets() {
    let config = support::load(WITH_SECRETS).expect("valid").config;
    let printed = format!("{config:?} {config:#?}");
    assert!(printed.contains("authorization") && printed.contains("[REDACTED]"));
    assert!(!printed.contains("hunter2") && !printed.contains("s3cret"), "{printed}");
    assert_eq!(Secret::new("hunter2").to_string(), "[REDACTED]");
}

/// Findings about headers and keys do not repeat their values, whatever is wrong with them.
#[test]
fn findings_have_no_secrets() {
    for broken in
        ["'hunter2\\nline'", "[hunter2]", "{hunter2: hunter2x}", "'${hunter2 x}'", "'${env:hunter2-x}'"]
    {
        let broken = broken.replace('\'', "\"");
        let text = WITH_SECRETS
            .replace("'Bearer hunter2'", &broken)
            .replace("key_pem: hunter2", &format!("key_pem: {broken}"));
        let findings = support::load(&text).expect_err(&broken).to_string();
        assert!(!findings.contains("hunter2"), "{findings}");
    }
}
