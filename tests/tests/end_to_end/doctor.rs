//! `sluice doctor`, by every way that it has to find something.

use std::net::SocketAddr;

use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::certificates::{Authority, write};
use sluice_tests::config;
use sluice_tests::dns::Knot;
use sluice_tests::gateway::Gateway;
use tempfile::TempDir;

use crate::container::{said, sluice};

/// What is said of a certificate that is for other names.
const OTHER_NAME: &str = "the server's certificate is for other names";

/// Two instances behind a headless name, with queues and retries: all is well.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_finds_nothing_where_all_is_well() {
    let knot = Knot::start().await;
    let first = Backend::start().await;
    let port = first.address().port();
    let _second = Backend::start_on(SocketAddr::from(([127, 0, 0, 2], port)), accept_all()).await;
    knot.set("ring", &["127.0.0.1", "127.0.0.2"]);
    let output = sluice(&["doctor", "--config", &two_tiers(&knot, port, "insecure: true")]).await;
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    for expected in [
        "ok    load_balancing queue and retry: on at both levels",
        "ok    load_balancing resolver: 2 backends (2 records: 2 A, 0 AAAA)",
        "ok    load_balancing ring: a backend has ",
        &format!("ok    load_balancing backend 127.0.0.2:{port}: takes connections"),
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    // The servers of this configuration are on loopback, which is worth a warning where the test runs in a container.
    assert!(!text.contains("warn  load_balancing") && !text.contains("fail"), "{text}");
}

/// The guide's mistakes: one record, queues and retries off, nobody there; and a name that resolves to nothing.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_finds_the_usual_mistakes() {
    let knot = Knot::start().await;
    knot.set("ring", &["127.0.0.1"]);
    let yaml = two_tiers(&knot, 1, "insecure: true")
        .replace("sending_queue: {enabled: true}", "sending_queue: {enabled: false}");
    let output = sluice(&["doctor", "--config", &yaml]).await;
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for expected in [
        "warn  load_balancing queue and retry: off at level",
        "`ring.otel.test` has one address (1 record: 1 A, 0 AAAA); ",
        "`clusterIP: None`",
        "fail  load_balancing backend 127.0.0.1:1: ",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }

    let nowhere = two_tiers(&knot, 1, "insecure: true").replace("ring.otel", "none.otel");
    let output = sluice(&["doctor", "--timeout", "3s", "--output", "json", "--config", &nowhere]).await;
    assert_eq!(output.status.code(), Some(1));
    let checks: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let failed: Vec<_> = checks.iter().filter(|check| check["outcome"] == "fail").collect();
    assert_eq!(failed.len(), 1, "{checks:#?}");
    assert_eq!(failed[0]["what"], "load_balancing resolver");

    let output = sluice(&["doctor", "--config", "yaml:receivers: {kafka: }"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("fail  configuration: "), "{}", said(&output));
}

/// A certificate for another name is found before traffic finds it.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_shakes_hands() {
    let server = CertifiedServer::start().await;
    let knot = Knot::start().await;
    knot.set("ring", &["127.0.0.1"]);
    let port = server.gateway.address("receiver").port();
    for (name, works) in [("tier2.example", true), ("tier3.example", false)] {
        let output = sluice(&["doctor", "--config", &two_tiers(&knot, port, &server.tls(name))]).await;
        let text = said(&output);
        assert_eq!(output.status.success(), works, "{text}");
        assert_eq!(text.contains(OTHER_NAME), !works, "{text}");
        assert_eq!(text.contains("takes connections"), works, "{text}");
    }
}

/// Exporters to one server are tried as well, by either protocol: that it is there, that nobody is, and whether queue and
/// retry are on. A server that gets several signals is tried once.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_tries_the_servers_of_plain_exporters() {
    let backend = Backend::start().await;
    let server = Gateway::start(&config::load_balancing(&[backend.address()], "")).await;
    let (grpc, http) = (server.address("receiver"), server.address("http"));
    let good = exporters(&format!(
        "otlp_grpc: {{endpoint: '{grpc}', tls: {{insecure: true}}}}, otlp_http: {{endpoint: 'http://{http}'}}"
    ));
    let output = sluice(&["doctor", "--config", &good]).await;
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    for expected in [
        "ok    otlp_grpc queue and retry: on".to_owned(),
        format!("ok    otlp_grpc server {grpc}: takes connections"),
        "ok    otlp_http queue and retry: on".to_owned(),
        format!("ok    otlp_http server http://{http}: takes connections"),
    ] {
        assert!(text.contains(&expected), "{expected}: {text}");
    }
    assert_eq!(text.matches("otlp_http server").count(), 1, "{text}");

    let dead = exporters(&format!(
        "otlp_grpc: {{endpoint: '127.0.0.1:1', tls: {{insecure: true}}, sending_queue: {{enabled: false}}}}, otlp_http: \
         {{endpoint: 'http://{http}', logs_endpoint: 'http://127.0.0.1:1/logs', retry_on_failure: {{enabled: false}}}}"
    ));
    let output = sluice(&["doctor", "--config", &dead]).await;
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for expected in [
        "warn  otlp_grpc queue and retry: sending_queue is off",
        "fail  otlp_grpc server 127.0.0.1:1: ",
        "warn  otlp_http queue and retry: retry_on_failure is off",
        "fail  otlp_http server http://127.0.0.1:1: ",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(text.contains("Connection refused"), "{text}");
    assert!(text.contains(&format!("ok    otlp_http server http://{http}: takes connections")), "{text}");
}

/// The same of their certificates, and of a server without any where TLS is spoken.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_shakes_hands_with_the_servers_of_plain_exporters() {
    let server = CertifiedServer::start().await;
    let (grpc, http) = (server.gateway.address("receiver"), server.gateway.address("http"));
    for (name, works) in [("tier2.example", true), ("tier3.example", false)] {
        let tls = server.tls(name);
        let yaml = exporters(&format!(
            "otlp_grpc: {{endpoint: '{grpc}', tls: {{{tls}}}}}, otlp_http: {{endpoint: 'https://{http}', tls: {{{tls}}}}}"
        ));
        let output = sluice(&["doctor", "--config", &yaml]).await;
        let text = said(&output);
        assert_eq!(output.status.success(), works, "{text}");
        assert_eq!(text.matches(OTHER_NAME).count(), if works { 0 } else { 2 }, "{text}");
        assert_eq!(text.matches("takes connections").count(), if works { 2 } else { 0 }, "{text}");
    }

    let plain = Backend::start().await;
    let tls = server.tls("tier2.example");
    let yaml = exporters(&format!(
        "otlp_grpc: {{endpoint: '{}', tls: {{{tls}}}}}, otlp_http: {{endpoint: 'https://{http}', \
        tls: {{{tls}}}}}",
        plain.address()
    ));
    let output = sluice(&["doctor", "--config", &yaml]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("fail  otlp_grpc server"), "{}", said(&output));
    assert!(said(&output).contains("the server speaks no TLS"), "{}", said(&output));
}

/// A server whose certificate is for `tier2.example`.
struct CertifiedServer {
    gateway: Gateway,
    folder: TempDir,
}

impl CertifiedServer {
    async fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let authority = Authority::new("test");
        write(folder.path(), "ca.pem", &authority.pem());
        let (cert, key) = authority.sign("tier2.example").write(folder.path(), "server");
        let tls = format!("tls: {{cert_file: '{}', key_file: '{}'}}", cert.display(), key.display());
        let gateway = Gateway::start(&format!(
            "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0', {tls}}}, http: {{endpoint: '127.0.0.1:0', \
             {tls}}}}}}}}}\nexporters: {{nop: }}\nservice: {{telemetry: {{metrics: {{address: '127.0.0.1:0'}}}}, pipelines: \
             {{traces: {{receivers: [otlp], exporters: [nop]}}}}}}\n"
        ))
        .await;
        Self { gateway, folder }
    }

    /// Trusts it, and takes it for `name`.
    fn tls(&self, name: &str) -> String {
        let ca = self.folder.path().join("ca.pem");
        format!("ca_file: '{}', server_name_override: {name}", ca.display())
    }
}

/// Pipelines of traces and logs to `otlp_grpc` and `otlp_http`.
fn exporters(exporters: &str) -> String {
    let pipeline = "{receivers: [nop], exporters: [otlp_grpc, otlp_http]}";
    format!(
        "yaml:{{receivers: {{nop: }}, exporters: {{{exporters}}}, service: {{pipelines: {{traces: {pipeline}, logs: \
         {pipeline}}}}}}}"
    )
}

fn two_tiers(knot: &Knot, port: u16, tls: &str) -> String {
    let retry = "{enabled: true, initial_interval: 1s, max_interval: 10s, max_elapsed_time: 60s}";
    let block = format!(
        "resolver: {{dns: {{hostname: ring.otel.test, port: {port}, nameservers: ['{}']}}}}\nsending_queue: {{enabled: \
         true}}\nretry_on_failure: {retry}\nprotocol: {{otlp: {{tls: {{{tls}}}}}}}",
        knot.address()
    );
    format!("yaml:{}", config::pipelines("load_balancing", &block, ""))
}
