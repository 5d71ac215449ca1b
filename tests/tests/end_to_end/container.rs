//! The commands that a container needs, since there is no shell in it.

use std::net::SocketAddr;
use std::process::{Command, Output};

use sluice_tests::backend::Backend;
use sluice_tests::certificates::Authority;
use sluice_tests::client::Client;
use sluice_tests::dns::Knot;
use sluice_tests::gateway::{Gateway, binary, project};
use sluice_tests::metrics::get;
use sluice_tests::{config, programs, traffic, wait};
use tempfile::TempDir;

const NOBODY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

async fn sluice(arguments: &[&str]) -> Output {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(project());
    programs::run(command).await
}

fn said(output: &Output) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{stdout}{stderr}")
}

/// A health check is an exit status: of liveness, of readiness with what is waited for, and of nobody there.
#[tokio::test(flavor = "multi_thread")]
async fn health_is_an_exit_status() {
    let dns = "protocol: {otlp: {tls: {insecure: true}}}\nresolver:\n  dns:\n    hostname: ring.otel.test\n    \
               timeout: 1s\n    nameservers: ['127.0.0.1:1']";
    let gateway = Gateway::start(&config::pipelines("loadbalancing", dns, "")).await;
    let health = gateway.address("health");

    let output = sluice(&["health", "--address", &health.to_string()]).await;
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Server available\n");

    let output = sluice(&["health", "--ready", "--address", &health.to_string()]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("waiting for endpoints of loadbalancing"), "{}", said(&output));

    let yaml = format!(
        "yaml:{{receivers: {{nop: }}, exporters: {{nop: }}, extensions: {{health_check: {{endpoint: ':{}'}}}}, service: \
         {{extensions: [health_check], pipelines: {{traces: {{receivers: [nop], exporters: [nop]}}}}}}}}",
        health.port()
    );
    let output = sluice(&["health", "--config", &yaml]).await;
    assert!(output.status.success(), "every address is reached by loopback: {}", said(&output));

    let output = sluice(&["health", "--address", &NOBODY.to_string()]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("nobody answers at 127.0.0.1:1"), "{}", said(&output));

    let output = sluice(&["health", "--config", "config/tenant.yaml"]).await;
    assert!(said(&output).contains("starts no health_check"), "{}", said(&output));
    assert_eq!(output.status.code(), Some(1));
}

/// A drain makes the gateway unready while it serves on, waits for the last sender, and leaves the end to SIGTERM.
#[tokio::test(flavor = "multi_thread")]
async fn a_drain_waits_for_the_last_sender() {
    let backend = Backend::start().await;
    let more = "sluice: {admin_endpoint: '127.0.0.1:0'}";
    let yaml = format!("{}{more}\n", config::load_balancing(&[backend.address()], ""));
    let mut gateway = Gateway::start(&yaml).await;
    let (health, admin) = (gateway.address("health"), gateway.address("admin").to_string());
    let client = Client::connect(gateway.address("receiver")).await;

    let mut command = Command::new(binary());
    command.args(["drain", "--admin", &admin, "--quiet", "2s", "--timeout", "50s"]);
    let draining = tokio::spawn(programs::run(command));
    wait::until("the gateway to be unready", || async { get(health, "/ready").await.0 == 503 }).await;
    assert_eq!(get(health, "/health").await.0, 200, "nothing that a restart cures");
    let mut sent = 0;
    for _ in 0..8 {
        client.send("traces", &traffic::traces(5, 2)).await.expect("accepted: it serves on");
        sent += 10;
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        assert!(!draining.is_finished(), "there are senders");
    }
    let output = draining.await.expect("a drain");
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).starts_with("drained: "), "{}", said(&output));

    client.send("traces", &traffic::traces(5, 2)).await.expect("accepted until SIGTERM");
    gateway.terminate();
    assert!(gateway.wait().await.success());
    assert_eq!(traffic::spans_of(&backend.traces()).len(), sent + 10);
}

/// A sampler's drain lets the traces that are held be decided at their time, and no trace is cut short.
#[tokio::test(flavor = "multi_thread")]
async fn a_drain_waits_for_traces_that_are_held() {
    let backend = Backend::start().await;
    let yaml = format!(
        "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}}}}}}}\nprocessors: {{tail_sampling: \
         {{decision_wait: 3s, policies: [{{name: all, type: always_sample}}]}}}}\nexporters: {{otlp_grpc: {{endpoint: \
         '{}', tls: {{insecure: true}}}}}}\nsluice: {{admin_endpoint: '127.0.0.1:0'}}\nservice: {{telemetry: {{metrics: \
         {{address: '127.0.0.1:0'}}}}, pipelines: {{traces: {{receivers: [otlp], processors: [tail_sampling], exporters: \
         [otlp_grpc]}}}}}}\n",
        backend.address()
    );
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    client.send("traces", &traffic::traces(5, 2)).await.expect("accepted");
    let admin = gateway.address("admin").to_string();
    let output = sluice(&["drain", "--admin", &admin, "--quiet", "0", "--timeout", "50s"]).await;
    assert!(said(&output).starts_with("drained: "), "{}", said(&output));
    let page = sluice_tests::metrics::Page::scrape(gateway.address("metrics")).await;
    assert_eq!(page.sum("sluice_sampler_decisions_total", &["trigger=\"timeout\""]), 5.0);
    wait::until("all spans", || async { traffic::spans_of(&backend.traces()).len() == 10 }).await;

    client.send("traces", &traffic::traces(5, 2)).await.expect("accepted");
    let output = sluice(&["drain", "--admin", &admin, "--timeout", "100ms"]).await;
    assert!(output.status.success() && said(&output).contains("the time is over"), "{}", said(&output));
}

/// Nobody to drain is an error; a page in a browser that asks for it is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_drain_is_asked_for_by_its_command_only() {
    let output = sluice(&["drain", "--admin", &NOBODY.to_string()]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("nobody answers at 127.0.0.1:1"), "{}", said(&output));

    let yaml =
        format!("{}sluice: {{admin_endpoint: '127.0.0.1:0'}}\n", config::load_balancing(&[NOBODY], ""));
    let gateway = Gateway::start(&yaml).await;
    let mut curl = Command::new("curl");
    curl.args([
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-X",
        "POST",
        "-H",
        "Origin: http://example.org",
    ]);
    let output = programs::run({
        curl.arg(format!("http://{}/drain", gateway.address("admin")));
        curl
    })
    .await;
    assert_eq!(String::from_utf8_lossy(&output.stdout), "403");
    assert_eq!(get(gateway.address("health"), "/ready").await.0, 200);
}

/// What the resolvers see, with the part of the keys that each backend has; none is status 1, and the log says why.
#[tokio::test(flavor = "multi_thread")]
async fn resolve_prints_what_is_seen() {
    let output = sluice(&["resolve", "--config", "config/gateway.yaml"]).await;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", said(&output));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "load_balancing: 3 backends");
    assert!(lines[1].contains("127.0.0.1:4327 ") && lines[1].ends_with(" % of the keys"), "{text}");

    let knot = Knot::start().await;
    let yaml = |name: &str| {
        let block = format!(
            "resolver: {{dns: {{hostname: {name}.otel.test, port: 4317, nameservers: ['{}']}}}}",
            knot.address()
        );
        format!("yaml:{}", config::pipelines("load_balancing", &block, ""))
    };
    knot.set("ring", &["10.0.0.1", "10.0.0.2", "2001:db8::1"]);
    let output = sluice(&["resolve", "--config", &yaml("ring"), "--output", "json"]).await;
    let seen: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let backends = seen[0]["backends"].as_array().expect("a list");
    let endpoints: Vec<_> = backends.iter().filter_map(|backend| backend["endpoint"].as_str()).collect();
    assert_eq!(endpoints, ["10.0.0.1:4317", "10.0.0.2:4317", "[2001:db8::1]:4317"]);
    let shares: f64 = backends.iter().filter_map(|backend| backend["share"].as_f64()).sum();
    assert!((shares - 1.0).abs() < 1e-6, "{seen}");

    let output = sluice(&["resolve", "--config", &yaml("none"), "--timeout", "3s"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("load_balancing: no backends"), "{}", said(&output));
    assert!(said(&output).contains("failed to resolve"), "{}", said(&output));
}

/// Two instances behind a headless name, with queues and retries: all is well.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_finds_nothing_where_all_is_well() {
    let knot = Knot::start().await;
    let first = Backend::start().await;
    let port = first.address().port();
    let _second =
        Backend::start_on(SocketAddr::from(([127, 0, 0, 2], port)), sluice_tests::backend::accept_all())
            .await;
    knot.set("ring", &["127.0.0.1", "127.0.0.2"]);
    let output = sluice(&["doctor", "--config", &two_tiers(&knot, port, "insecure: true")]).await;
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    for expected in [
        "ok    load_balancing queue and retry: on at both levels",
        "ok    load_balancing resolver: 2 backends",
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
    let folder = TempDir::new().expect("a temporary folder");
    let authority = Authority::new("test");
    let certified = authority.sign("tier2.example");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let (ca, cert) = (write("ca.pem", &authority.pem()), write("cert.pem", &certified.certificate));
    let key = write("key.pem", &certified.key);
    let tier2 = Gateway::start(&format!(
        "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0', tls: {{cert_file: {cert}, key_file: {key}}}}}}}}}}}\n\
         exporters: {{nop: }}\nservice: {{telemetry: {{metrics: {{address: '127.0.0.1:0'}}}}, pipelines: {{traces: {{receivers: \
         [otlp], exporters: [nop]}}}}}}\n"
    ))
    .await;
    let knot = Knot::start().await;
    knot.set("ring", &["127.0.0.1"]);
    let port = tier2.address("receiver").port();
    for (name, works) in [("tier2.example", true), ("tier3.example", false)] {
        let tls = format!("ca_file: {ca}, server_name_override: {name}");
        let output = sluice(&["doctor", "--config", &two_tiers(&knot, port, &tls)]).await;
        let text = said(&output);
        assert_eq!(output.status.success(), works, "{text}");
        assert_eq!(text.contains("the TLS handshake fails"), !works, "{text}");
        assert_eq!(text.contains("takes connections"), works, "{text}");
    }
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
