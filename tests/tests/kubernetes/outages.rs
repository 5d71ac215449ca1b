use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::kubernetes::{Cluster, ready};
use sluice_tests::metrics::{Page, get};
use sluice_tests::{traffic, wait};

use crate::pod;

/// While the API server is away, traffic flows to the backends of before, and the probes are content; when it is back,
/// so are its news.
pub(crate) async fn a_restarted_api_server_is_followed_again(cluster: &mut Cluster) {
    pod::namespace(cluster, "restart").await;
    let backend = Backend::start_on("198.18.0.11:4317".parse().expect("an address"), accept_all()).await;
    cluster.slice("restart", "tier2", "a", &[ready("198.18.0.11")]).await;
    let gateway = Gateway::start(&pod::yaml("")).await;
    gateway.wait_for_log("backend 198.18.0.11:4317 added").await;
    cluster.kill();
    gateway.wait_for_log("the API server cannot be reached").await;
    let client = Client::connect(gateway.address("receiver")).await;
    client.send("traces", &traffic::traces(10, 2)).await.expect("accepted");
    wait::until("traffic", || async { traffic::spans_of(&backend.traces()).len() == 20 }).await;
    let health = gateway.address("health");
    for path in ["/health", "/ready"] {
        assert_eq!(get(health, path).await.0, 200, "{path}");
    }

    cluster.restart().await;
    cluster.slice("restart", "tier2", "b", &[ready("198.18.0.12")]).await;
    gateway.wait_for_log("backend 198.18.0.12:4317 added").await;
    gateway.wait_for_log("the API server tells of endpoints again").await;
    cluster.remove_slice("restart", "a").await;
    gateway.wait_for_log("backend 198.18.0.11:4317 removed").await;
    assert!(!gateway.has_logged("may not"), "that it refused once, before it knew its roles, says nothing");
}

/// An API server that keeps its connections and says nothing is noticed, in the log and by the age of its last word.
pub(crate) async fn a_frozen_api_server_is_noticed(cluster: &mut Cluster) {
    pod::namespace(cluster, "frozen").await;
    cluster.slice("frozen", "tier2", "a", &[ready("198.18.0.11")]).await;
    let gateway = Gateway::start(&pod::yaml("    timeout: 3s")).await;
    gateway.wait_for_log("backend 198.18.0.11:4317 added").await;
    let said = async || {
        let page = Page::scrape(gateway.address("metrics")).await;
        page.sum("sluice_resolver_last_answer_timestamp_seconds", &["name=\"tier2.frozen\""])
    };
    let first = said().await;
    wait::until("another word", || async { said().await > first }).await;
    cluster.freeze(true);
    gateway.wait_for_log("1 endpoints are kept").await;
    let last = said().await;
    assert_eq!(get(gateway.address("health"), "/ready").await.0, 200);
    cluster.freeze(false);
    cluster.slice("frozen", "tier2", "a", &[ready("198.18.0.12")]).await;
    gateway.wait_for_log("backend 198.18.0.12:4317 added").await;
    gateway.wait_for_log("the API server tells of endpoints again").await;
    assert!(said().await > last);
}
