//! The dns resolver against a real DNS server whose answers change.

use std::net::SocketAddr;

use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::client::Client;
use sluice_tests::dns::Knot;
use sluice_tests::gateway::Gateway;
use sluice_tests::metrics::{Page, get};
use sluice_tests::{config, traffic, wait};

fn yaml(knot: &Knot, port: u16) -> String {
    let block = format!(
        "protocol:\n  otlp:\n    tls:\n      insecure: true\nresolver:\n  dns:\n    hostname: ring.otel.test\n    \
         port: {port}\n    interval: 100ms\n    timeout: 1s\n    nameservers: [\"{}\"]",
        knot.address()
    );
    config::pipelines("loadbalancing", &block, "")
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
