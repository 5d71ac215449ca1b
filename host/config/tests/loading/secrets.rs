//! Nothing that is printed shows a secret.

use sluice_config::Secret;

use super::support::{self, check, text};

const WITH_SECRETS: &str = "
receivers: {otlp: {protocols: {grpc: }}}
exporters:
  otlp_grpc:
    endpoint: backend:4317
    headers: {authorization: 'Bearer hunter2', x-token: '${env:TOKEN}'}
    tls: {cert_pem: certificate, key_pem: hunter2}
  otlp_http: {endpoint: 'https://backend', proxy_url: 'http://me:hunter2@proxy:3128'}
extensions:
  basicauth: {htpasswd: {inline: 'a:hunter2'}}
  basicauth/client: {client_auth: {username: a, password: hunter2}}
  bearertokenauth: {tokens: [hunter2, '${env:TOKEN}']}
  oauth2client: {client_id: a, client_secret: hunter2, token_url: 'https://a/', endpoint_params: {assertion: hunter2, list: [hunter2]}}
  headers_setter: {headers: [{key: a, value: hunter2}, {key: b, from_context: b, default_value: hunter2}]}
service: {extensions: [basicauth, basicauth/client, bearertokenauth, oauth2client, headers_setter], pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc, otlp_http]}}}
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

/// `sluice config` shows what the extensions do, and not what they know; what a component is called hides nothing.
#[test]
fn the_effective_configuration_has_no_secrets_of_extensions() {
    let printed = check(&[text("f.yaml", WITH_SECRETS)]).effective().expect("valid");
    for expected in [
        "  basicauth:\n    htpasswd:\n      inline: '[REDACTED]'\n",
        "      username: a\n      password: '[REDACTED]'\n",
        "    - '[REDACTED]'\n    - '[REDACTED]'\n    header: Authorization\n    scheme: Bearer\n",
        "    - key: b\n      from_context: b\n      default_value: '[REDACTED]'\n",
    ] {
        assert!(printed.contains(expected), "{expected} is not in: {printed}");
    }
    assert!(!printed.contains("hunter2") && !printed.contains("s3cret"), "{printed}");
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
            .replace("key_pem: hunter2", &format!("key_pem: {broken}"))
            .replace("'a:hunter2'", &broken)
            .replace("password: hunter2", &format!("password: {broken}"))
            .replace("value: hunter2", &format!("value: {broken}"))
            .replace("tokens: [hunter2,", &format!("tokens: [{broken},"));
        let findings = support::load(&text).expect_err(&broken).to_string();
        assert!(!findings.contains("hunter2"), "{findings}");
    }
}
