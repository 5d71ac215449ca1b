//! The dns resolver against a real DNS server whose answers change.

use std::net::{Ipv6Addr, SocketAddr};

use serde_json::{Value, json};
use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::client::Client;
use sluice_tests::dns::Knot;
use sluice_tests::gateway::Gateway;
use sluice_tests::metrics::{Page, get};
use sluice_tests::{config, traffic, wait};

fn yaml(knot: &Knot, port: u16) -> String {
    yaml_with(knot, &format!("hostname: ring.otel.test\n    port: {port}\n    interval: 100ms"))
}

fn yaml_with(knot: &Knot, keys: &str) -> String {
    let block = format!(
        "protocol:\n  otlp:\n    tls:\n      insecure: true\nresolver:\n  dns:\n    {keys}\n    \
         timeout: 1s\n    nameservers: [\"{}\"]",
        knot.address()
    );
    let pipelines = config::pipelines("loadbalancing", &block, "");
    format!("{pipelines}sluice: {{admin_endpoint: '127.0.0.1:0'}}\n")
}

async fn failures(gateway: &Gateway) -> f64 {
    let page = Page::scrape(gateway.address("metrics")).await;
    page.sum("otelcol_loadbalancer_num_resolutions_total", &["resolver=\"dns\"", "success=\"false\""])
}

/// What the admin endpoint says of resolvers.
async fn resolvers(gateway: &Gateway) -> Value {
    let (status, page) = get(gateway.address("admin"), "/resolvers").await;
    assert_eq!(status, 200, "{page}");
    serde_json::from_str(&page).expect("JSON")
}

/// Backends come and go as the name's addresses do, with the log lines that the guide greps for; a name that
/// stops resolving keeps the last list.
#[tokio::test(flavor = "multi_thread")]
async fn answers_that_change_move_the_ring() {
    let knot = Knot::start().await;
    let first = Backend::start().await;
    let port = first.address().port();
    let second = Backend::start_on(SocketAddr::from(([127, 0, 0, 2], port)), accept_all()).await;
    let gateway = Gateway::start(&yaml(&knot, port)).await;
    let (health, metrics) = (gateway.address("health"), gateway.address("metrics"));
    assert_eq!(get(health, "/ready").await.0, 503, "not ready before the first list of endpoints");
    assert_eq!(get(health, "/health").await.0, 200, "a resolver's trouble is none of liveness");

    knot.set("ring", &["127.0.0.1"]);
    gateway.wait_for_log(&format!("backend 127.0.0.1:{port} added")).await;
    wait::until("readiness", || async { get(health, "/ready").await.0 == 200 }).await;
    let client = Client::connect(gateway.address("receiver")).await;
    client.send("traces", &traffic::traces(20, 2)).await.expect("accepted");
    wait::until("all of it at the only backend", || async { traffic::spans_of(&first.traces()).len() == 40 })
        .await;

    knot.set("ring", &["127.0.0.1", "127.0.0.2"]);
    gateway.wait_for_log(&format!("backend 127.0.0.2:{port} added")).await;
    wait::until("traffic at the second backend", || async {
        client.send("traces", &traffic::traces(20, 2)).await.expect("accepted");
        !second.recordings().is_empty()
    })
    .await;

    knot.set("ring", &["127.0.0.2"]);
    gateway.wait_for_log(&format!("backend 127.0.0.1:{port} removed")).await;
    knot.set("ring", &[]);
    wait::until("a failed look-up", || async {
        let page = Page::scrape(metrics).await;
        page.sum("otelcol_loadbalancer_num_resolutions_total", &["success=\"false\""]) > 2.0
    })
    .await;
    let before = traffic::spans_of(&second.traces()).len();
    client.send("traces", &traffic::traces(20, 2)).await.expect("accepted: the last list is kept");
    wait::until("all of it at the last known backend", || async {
        traffic::spans_of(&second.traces()).len() >= before + 40
    })
    .await;
    assert_eq!(
        Page::scrape(metrics).await.sum("otelcol_loadbalancer_num_backends", &["resolver=\"dns\""]),
        1.0
    );
}

/// A name server that loses its zone (SERVFAIL), and one that falls silent, take no backend away; the log says each once;
/// when it is back, what has changed meanwhile is taken. Traffic flows throughout, over IPv6 too.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_server_that_fails_changes_nothing() {
    let knot = Knot::start().await;
    let first = Backend::start().await;
    let port = first.address().port();
    let second = Backend::start_on(SocketAddr::from((Ipv6Addr::LOCALHOST, port)), accept_all()).await;
    knot.set("ring", &["127.0.0.1", "::1"]);
    let gateway = Gateway::start(&yaml(&knot, port)).await;
    gateway.wait_for_log(&format!("backend [::1]:{port} added")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let arrived =
        || [&first, &second].iter().map(|backend| traffic::spans_of(&backend.traces()).len()).sum::<usize>();
    let mut sent = 0;
    let mut deliver = async |what: &str| {
        client.send("traces", &traffic::traces(20, 2)).await.expect("accepted");
        sent += 40;
        wait::until(what, || async { arrived() == sent }).await;
    };
    deliver("all of it at first").await;
    assert!(!second.recordings().is_empty(), "20 traces went to one of two backends");

    knot.pause();
    let before = failures(&gateway).await;
    wait::until("look-ups without an answer", || async { failures(&gateway).await > before + 1.0 }).await;
    gateway.wait_for_log("failed to resolve; 2 endpoints are kept").await;
    deliver("all of it while the name server is silent").await;
    let seen = resolvers(&gateway).await;
    assert!(seen[0]["trouble"].as_str().is_some_and(|trouble| trouble.contains("ring.otel.test")), "{seen}");
    assert_eq!(seen[0]["endpoints"], json!([format!("127.0.0.1:{port}"), format!("[::1]:{port}")]));
    knot.resume();
    gateway.wait_for_log("resolved again").await;
    let seen = resolvers(&gateway).await;
    let asked =
        json!({"exporter": "loadbalancing", "resolver": "dns", "name": "ring.otel.test", "trouble": null});
    assert!(asked.as_object().into_iter().flatten().all(|(key, value)| seen[0][key] == *value), "{seen}");
    assert!(seen[0]["age_seconds"].as_u64().is_some_and(|age| age < 60), "{seen}");

    knot.lose_zone();
    let before = failures(&gateway).await;
    wait::until("look-ups that fail", || async { failures(&gateway).await > before + 2.0 }).await;
    deliver("all of it without the zone").await;
    assert!(!gateway.has_logged(&format!("backend [::1]:{port} removed")));
    let told = gateway.log().iter().filter(|line| line.contains("failed to resolve")).count();
    assert!((2..5).contains(&told), "not at every look-up: {:#?}", gateway.log());
}

/// An answer of 120 addresses comes by TCP, and all of them are backends.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_cut_comes_by_tcp() {
    let knot = Knot::start().await;
    let gateway = Gateway::start(&yaml_with(&knot, "hostname: big.otel.test\n    port: 4317")).await;
    let metrics = gateway.address("metrics");
    wait::until("120 backends", || async {
        let page = Page::scrape(metrics).await;
        page.sum("otelcol_loadbalancer_num_backends", &["resolver=\"dns\""]) == 120.0
    })
    .await;
    assert!(gateway.has_logged("backend 127.0.1.120:4317 added"));
}

/// Without an interval a record of one second is asked for again after it; with one, a record of five minutes is asked for
/// as often as it says.
#[tokio::test(flavor = "multi_thread")]
async fn times_to_live_count_where_no_interval_does() {
    let knot = Knot::start().await;
    knot.set_for("short", 1, &["127.0.0.1"]);
    knot.set_for("ring", 300, &["127.0.0.1"]);
    let by_ttl = Gateway::start(&yaml_with(&knot, "hostname: short.otel.test\n    port: 4317")).await;
    let as_written = Gateway::start(&yaml(&knot, 4317)).await;
    for gateway in [&by_ttl, &as_written] {
        gateway.wait_for_log("backend 127.0.0.1:4317 added").await;
    }
    knot.set_for("short", 1, &["127.0.0.2"]);
    knot.set_for("ring", 300, &["127.0.0.2"]);
    for gateway in [&by_ttl, &as_written] {
        gateway.wait_for_log("backend 127.0.0.2:4317 added").await;
        gateway.wait_for_log("backend 127.0.0.1:4317 removed").await;
    }
}

/// SRV records say where the backends are, ports included.
#[tokio::test(flavor = "multi_thread")]
async fn ports_come_from_srv_records() {
    let knot = Knot::start().await;
    knot.set("a", &["127.0.0.1"]);
    knot.set("b", &["127.0.0.2", "::1"]);
    let record = |port: u16, name: &str| format!("1 1 {port} {name}.otel.test.");
    let (a, b) = (record(4317, "a"), record(4318, "b"));
    knot.set_records("_otlp._tcp.ring", 1, &[("SRV", &a), ("SRV", &b)]);
    let keys = "hostname: _otlp._tcp.ring.otel.test\n    srv: true\n    interval: 100ms";
    let gateway = Gateway::start(&yaml_with(&knot, keys)).await;
    for backend in ["127.0.0.1:4317", "127.0.0.2:4318", "[::1]:4318"] {
        gateway.wait_for_log(&format!("backend {backend} added")).await;
    }
    knot.set_records("_otlp._tcp.ring", 1, &[("SRV", &record(4319, "a"))]);
    gateway.wait_for_log("backend 127.0.0.1:4319 added").await;
    gateway.wait_for_log("backend [::1]:4318 removed").await;
}
