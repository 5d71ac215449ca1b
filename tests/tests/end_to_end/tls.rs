//! TLS on both sides of the gateway, and certificates that change while it runs.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sluice_tests::backend::Backend;
use sluice_tests::certificates::{Authority, Certified, write};
use sluice_tests::client::Client;
use sluice_tests::gateway::{Gateway, binary, project};
use sluice_tests::metrics::Page;
use sluice_tests::tls::{self, Tunnel};
use sluice_tests::traffic::{spans_of, traces};
use sluice_tests::{config, wait};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the gateway is given: its certificate for clients, and whom it lets in; its certificate for backends, and
/// whom it trusts.
struct Files {
    folder: TempDir,
    agents: Authority,
    authority: Authority,
}

impl Files {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let (agents, authority) = (Authority::new("agents"), Authority::new("authority"));
        write(folder.path(), "agents.pem", &agents.pem());
        write(folder.path(), "backends.pem", &authority.pem());
        authority.sign("localhost").write(folder.path(), "gateway");
        authority.sign("gateway").write(folder.path(), "client");
        Self { folder, agents, authority }
    }

    /// How the gateway secures what clients send.
    fn server(&self) -> String {
        let folder = self.folder.path().display();
        format!(
            "tls: {{cert_file: {folder}/gateway.pem, key_file: {folder}/gateway.key.pem, \
             client_ca_file: {folder}/agents.pem, reload_interval: 100ms}}"
        )
    }

    /// A gateway with TLS on both sides, before a backend that `backend.test` is the name of.
    fn yaml(&self, backend: SocketAddr) -> String {
        let folder = self.folder.path().display();
        let server = self.server();
        let client = format!(
            "tls: {{ca_file: {folder}/backends.pem, cert_file: {folder}/client.pem, \
             key_file: {folder}/client.key.pem, server_name_override: backend.test, reload_interval: 100ms}}"
        );
        let retry = "retry_on_failure: {initial_interval: 100ms, max_interval: 1s}";
        config::load_balancing(&[backend], "")
            .replace("tls:\n          insecure: true", &format!("{client}\n        {retry}"))
            .replace(
                "grpc:\n        endpoint: 127.0.0.1:0",
                &format!("grpc:\n        endpoint: 127.0.0.1:0\n        {server}"),
            )
    }

    /// An agent that the gateway lets in.
    fn agent(&self) -> Arc<ClientConfig> {
        tls::client(&self.authority.pem(), Some(&self.agents.sign("agent")))
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn der(certified: &Certified) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(certified.certificate.as_bytes()).expect("a certificate")
}

async fn until_received(backend: &Backend, spans: usize) {
    wait::until(&format!("{spans} spans"), || async { spans_of(&backend.traces()).len() >= spans }).await;
}

/// Spans go through the gateway by mutual TLS on either side; a new certificate for clients, a new authority of the
/// backend and a new certificate for it are taken up while it runs, connections that are there stay, and a broken file
/// changes nothing and is logged once.
#[tokio::test(flavor = "multi_thread")]
async fn certificates_change_while_it_runs() {
    let files = Files::new();
    let backend = Backend::start().await;
    let shown = tls::server(&files.authority.sign("backend.test"), Some(&files.authority.pem()));
    let before_backend = Tunnel::before(backend.address(), shown).await;
    let gateway = Gateway::start(&files.yaml(before_backend.address())).await;
    let address = gateway.address("receiver");
    let agent = Tunnel::to(address, files.agent()).await;
    let client = Client::connect(agent.address()).await;
    let send = async || {
        client.send("traces", &traces(1, 1)).await.expect("accepted");
    };
    send().await;
    until_received(&backend, 1).await;
    assert!(tls::shake(address, &tls::client(&files.authority.pem(), None)).await.is_err());

    let second = files.authority.sign("localhost");
    second.write(files.path(), "gateway");
    let config = files.agent();
    wait::until("the second certificate", || async {
        tls::shake(address, &config).await.expect("let in") == der(&second)
    })
    .await;
    send().await;
    until_received(&backend, 2).await;

    write(files.path(), "gateway.pem", "no certificate");
    let complaint = "TLS certificates have changed and cannot be used";
    gateway.wait_for_log(complaint).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let log = gateway.log();
    let lines: Vec<_> = log.iter().filter(|line| line.contains(complaint)).collect();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains("receivers::otlp::protocols::grpc") && lines[0].contains("gateway.pem"));
    assert_eq!(tls::shake(address, &config).await.expect("let in"), der(&second));

    let new = Authority::new("new");
    before_backend.show(tls::server(&new.sign("backend.test"), Some(&new.pem())));
    send().await;
    write(files.path(), "backends.pem", &new.pem());
    new.sign("gateway").write(files.path(), "client");
    until_received(&backend, 3).await;
}

/// What is wrong with a certificate ends the start with words that name the place, the file and what it is.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_ends_the_start() {
    let unused = SocketAddr::from(([127, 0, 0, 1], 1));
    let files = Files::new();
    files.agents.sign("localhost").write(files.path(), "other");
    for (from, to, expected) in [
        ("/gateway.pem", "/missing.pem", "receivers::otlp::protocols::grpc: tls: cannot read"),
        ("/gateway.key.pem", "/other.key.pem", "does not fit the certificate in cert_file"),
        ("/backends.pem", "/client.key.pem", "exporters::load_balancing: tls: ca_file"),
    ] {
        let yaml = files.yaml(unused).replace(from, to);
        let mut gateway = Gateway::spawn(&yaml, &[]);
        assert_eq!(gateway.wait().await.code(), Some(1));
        let log = gateway.log().join("\n");
        assert!(log.contains(expected) && log.contains(to), "{log}");
    }
}

/// The OpenTelemetry SDK for Python comes in by mutual TLS, which is none of our TLS library's, over both protocols.
#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_comes_in_by_tls() {
    let files = Files::new();
    let backend = Backend::start().await;
    let shown = tls::server(&files.authority.sign("backend.test"), Some(&files.authority.pem()));
    let before_backend = Tunnel::before(backend.address(), shown).await;
    let http = "http:\n        endpoint: 127.0.0.1:0";
    let secured = format!("{http}\n        {}", files.server());
    let yaml = files.yaml(before_backend.address()).replace(http, &secured);
    let gateway = Gateway::start(&yaml).await;
    let (certificate, key) = files.agents.sign("agent").write(files.path(), "agent");
    let authority = write(files.path(), "authority.pem", &files.authority.pem());
    let grpc = format!("localhost:{}", gateway.address("receiver").port());
    let http = format!("https://localhost:{}", gateway.address("http").port());
    for (endpoint, received) in [(grpc, 20), (http, 40)] {
        let (authority, certificate, key) = (authority.clone(), certificate.clone(), key.clone());
        let output = tokio::task::spawn_blocking(move || {
            let python = binary().ancestors().nth(2).expect("the target folder").join("python/bin/python");
            Command::new(python)
                .arg(project().join("tests/python/send.py"))
                .args([&endpoint, "4", "5"])
                .env("OTEL_EXPORTER_OTLP_CERTIFICATE", authority)
                .env("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", certificate)
                .env("OTEL_EXPORTER_OTLP_CLIENT_KEY", key)
                // requests would take these instead.
                .env_remove("REQUESTS_CA_BUNDLE")
                .env_remove("CURL_CA_BUNDLE")
                .output()
                .expect("a Python that starts")
        })
        .await
        .expect("a sender that ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !stderr.contains("Failed to export"), "{stderr}");
        until_received(&backend, received).await;
    }
}

/// A certificate that expires within a week is told in the log, with its place; the metric follows the one that is put
/// in its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_expires_soon_is_told() {
    let files = Files::new();
    let left = Duration::from_secs(5 * 24 * 60 * 60 + 3_600);
    files.authority.sign_for("localhost", left).write(files.path(), "gateway");
    let backend = Backend::start().await;
    let gateway = Gateway::start(&files.yaml(backend.address())).await;
    gateway.wait_for_log("the TLS certificate expires soon").await;
    let line = gateway.log().into_iter().find(|line| line.contains("expires soon")).expect("a line");
    assert!(line.contains("\"days\":5") && line.contains("receivers::otlp::protocols::grpc"), "{line}");
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs_f64();
    let days_left = |component: &'static str| {
        let address = gateway.address("metrics");
        async move {
            let page = Page::scrape(address).await;
            let series = page.series("sluice_tls_certificate_expiry_timestamp_seconds", &[component]);
            assert_eq!(series.len(), 1, "{}", page.0);
            (series[0].1 - now) / 86_400.0
        }
    };
    assert_eq!(days_left("receivers::otlp").await.floor(), 5.0);
    assert!(days_left("exporters::load_balancing").await > 300.0);
    files.authority.sign("localhost").write(files.path(), "gateway");
    wait::until("the new certificate", || async { days_left("receivers::otlp").await > 300.0 }).await;
}

/// Guarantees: the health check speaks TLS where it is told to, to those whose certificates it wants, and answers with the
/// text of the configuration; whoever shows no certificate, or speaks without TLS, gets no answer.
#[tokio::test]
async fn probes_are_answered_over_tls() {
    let files = Files::new();
    let health = format!("endpoint: 127.0.0.1:0, response_body: {{healthy: fine}}, {}", files.server());
    let yaml = config::pipelines("nop", "{}", "")
        .replace("health_check:\n    endpoint: 127.0.0.1:0", &format!("health_check: {{{health}}}"));
    let gateway = Gateway::start(&yaml).await;
    let address = gateway.address("health");
    let without_alpn = |mut config: ClientConfig| {
        config.alpn_protocols.clear();
        Arc::new(config)
    };
    let agent = Tunnel::to(address, without_alpn((*files.agent()).clone())).await;
    assert!(probe(agent.address()).await.ends_with("fine"));
    let stranger = tls::client(&files.authority.pem(), None);
    let stranger = Tunnel::to(address, without_alpn((*stranger).clone())).await;
    assert_eq!(probe(stranger.address()).await, "");
    let plain = probe(address).await;
    assert!(!plain.starts_with("HTTP/"), "{plain}");
}

/// What is answered to a probe; nothing where the connection ends.
async fn probe(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.expect("somebody listens");
    let request = b"GET /health HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n";
    let mut answer = Vec::new();
    if stream.write_all(request).await.is_ok() {
        // A connection that is reset has no answer.
        _ = stream.read_to_end(&mut answer).await;
    }
    String::from_utf8_lossy(&answer).into_owned()
}
