//! The commands that a container needs, since there is no shell in it.

use std::net::SocketAddr;
use std::process::{Command, Output};

use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::dns::Knot;
use sluice_tests::gateway::{Gateway, binary, project};
use sluice_tests::metrics::get;
use sluice_tests::{config, programs, traffic, wait};

const NOBODY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

pub(crate) async fn sluice(arguments: &[&str]) -> Output {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(project());
    programs::run(command).await
}

pub(crate) fn said(output: &Output) -> String {
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
    let records = seen[0]["records"].as_array().expect("a list");
    assert_eq!(records.len(), 3, "{seen}");
    let of_ipv6 = records.iter().find(|record| record["type"] == "AAAA").expect("a record of type AAAA");
    assert_eq!(of_ipv6["name"], "ring.otel.test.");
    assert_eq!(of_ipv6["address"], "2001:db8::1");
    assert_eq!(of_ipv6["endpoints"], serde_json::json!(["[2001:db8::1]:4317"]));

    let output = sluice(&["resolve", "--config", &yaml("ring")]).await;
    for line in
        ["load_balancing: 3 records: 2 A, 1 AAAA\n", "\n  ring.otel.test. A 10.0.0.2 -> 10.0.0.2:4317\n"]
    {
        assert!(said(&output).contains(line), "{line}: {}", said(&output));
    }

    let output = sluice(&["resolve", "--config", &yaml("none"), "--timeout", "3s"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("load_balancing: no backends"), "{}", said(&output));
    assert!(said(&output).contains("failed to resolve"), "{}", said(&output));
    let no_records = "load_balancing: no records: `none.otel.test` does not resolve: ";
    assert!(said(&output).contains(no_records), "{}", said(&output));
}
