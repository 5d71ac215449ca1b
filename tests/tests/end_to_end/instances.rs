//! A backend's address that is several instances of tier 2, the guide's first mistake: told in the log, and counted.

use std::time::Duration;

use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::cluster_ip::ClusterIp;
use sluice_tests::dns::Knot;
use sluice_tests::gateway::Gateway;
use sluice_tests::metrics::Page;
use sluice_tests::{config, traffic, wait};

const TOLD: &str = "connections to this address land on different instances of Sluice";

/// Connections that tier 1 makes to its only backend: its own, and those that only ask.
const CONNECTIONS: usize = 9;

/// How often the only instance is replaced.
const REPLACEMENTS: usize = 3;

/// A tier 2 of which nothing is asked but who it is.
async fn tier2(keepalive: &str) -> Gateway {
    let yaml = config::pipelines("nop", "", "");
    let endpoint = "      grpc:\n        endpoint: 127.0.0.1:0\n";
    let yaml = yaml.replace(endpoint, &format!("{endpoint}{keepalive}"));
    Gateway::start(&yaml).await
}

async fn shared_addresses(gateway: &Gateway) -> f64 {
    Page::scrape(gateway.address("metrics"))
        .await
        .sum("sluice_routing_shared_addresses", &["exporter=\"load_balancing\""])
}

/// Sends a few requests, one after another, each of which arrives at this instance.
async fn takes_traffic(pod: &Gateway, client: &Client) {
    let accepted = || async {
        Page::scrape(pod.address("metrics")).await.sum("otelcol_receiver_accepted_spans_total", &[])
    };
    for _ in 0..4 {
        let before = accepted().await;
        wait::until("a request to arrive", || async {
            // While there is no connection it may be refused.
            let _ = client.send("traces", &traffic::traces(3, 2)).await;
            accepted().await > before
        })
        .await;
    }
}

/// Sends until tier 1 has told; that it has is counted, and said once.
async fn is_told(gateway: &Gateway, service: &ClusterIp) {
    assert_eq!(shared_addresses(gateway).await, 0.0);
    let client = Client::connect(gateway.address("receiver")).await;
    let told = async {
        while !gateway.has_logged(TOLD) {
            // An instance that ends its connection may have it sent again.
            let _ = client.send("traces", &traffic::traces(3, 2)).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let is_told = tokio::time::timeout(wait::LIMIT, told).await.is_ok();
    assert!(is_told, "nothing told over {} connections: {:#?}", service.connections(), gateway.log());
    wait::until("it to be counted", || async { shared_addresses(gateway).await == 1.0 }).await;
    for _ in 0..20 {
        let _ = client.send("traces", &traffic::traces(3, 2)).await;
    }
    let log = gateway.log();
    let lines: Vec<_> = log.iter().filter(|line| line.contains(TOLD)).collect();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(
        lines[0].contains("`clusterIP: None`") && lines[0].contains(&service.address().to_string()),
        "{}",
        lines[0]
    );
    assert_eq!(shared_addresses(gateway).await, 1.0);
}

/// A service whose name has one address, its cluster IP: tier 1's own connection always leads to the same instance, and it
/// finds out all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_ip_is_found_out_over_lasting_connections() {
    let pods = [tier2("").await, tier2("").await];
    let service = ClusterIp::start(&pods.each_ref().map(|pod| pod.address("receiver"))).await;
    let knot = Knot::start().await;
    knot.set("tier2", &["127.0.0.1"]);
    let block = format!(
        "protocol:\n  otlp:\n    tls:\n      insecure: true\nresolver:\n  dns:\n    hostname: tier2.otel.test\n    \
         port: {}\n    interval: 100ms\n    nameservers: [\"{}\"]",
        service.address().port(),
        knot.address()
    );
    let gateway = Gateway::start(&config::pipelines("load_balancing", &block, "")).await;
    gateway.wait_for_log(" added").await;
    is_told(&gateway, &service).await;
    assert!(service.connections() <= CONNECTIONS, "{} connections", service.connections());
}

/// With more backends than one, no connection is made for the sake of knowing; those that instances end and that are made
/// anew are enough.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_made_anew_tell_of_several_instances() {
    let keepalive =
        "        keepalive: {server_parameters: {max_connection_age: 500ms, max_connection_age_grace: 5s}}\n";
    let pods = [tier2(keepalive).await, tier2(keepalive).await];
    let service = ClusterIp::start(&pods.each_ref().map(|pod| pod.address("receiver"))).await;
    let other = Backend::start().await;
    let yaml = config::load_balancing(&[service.address(), other.address()], "");
    let gateway = Gateway::start(&yaml).await;
    is_told(&gateway, &service).await;
}

/// The only instance there is may be replaced, and replaced again, and is one all the same.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_replaced_is_not_several() {
    let mut pod = tier2("").await;
    let service = ClusterIp::start(&[pod.address("receiver")]).await;
    let gateway = Gateway::start(&config::load_balancing(&[service.address()], "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    for _ in 0..=REPLACEMENTS {
        takes_traffic(&pod, &client).await;
        let next = tier2("").await;
        let address = next.address("receiver");
        // It has ended before the next one is asked.
        drop(std::mem::replace(&mut pod, next));
        service.set_pods(&[address]);
    }
    wait::until("all connections that only ask", || async {
        let _ = client.send("traces", &traffic::traces(3, 2)).await;
        gateway.has_logged(TOLD) || service.connections() >= CONNECTIONS + REPLACEMENTS
    })
    .await;
    assert!(!gateway.has_logged(TOLD), "{:#?}", gateway.log());
    assert_eq!(shared_addresses(&gateway).await, 0.0);
}

/// Of backends that do not say who they are, Collectors for one, nothing can be said; they get a header they do not know on
/// one request of a connection, and no connection more.
#[tokio::test(flavor = "multi_thread")]
async fn collectors_are_left_alone() {
    let pods = [Backend::start().await, Backend::start().await];
    let service = ClusterIp::start(&pods.each_ref().map(Backend::address)).await;
    let gateway = Gateway::start(&config::load_balancing(&[service.address()], "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let recordings = || pods.iter().flat_map(Backend::recordings).collect::<Vec<_>>();
    for count in 1..=20 {
        client.send("traces", &traffic::traces(3, 2)).await.expect("accepted");
        wait::until("a request to arrive", || async { recordings().len() == count }).await;
    }
    let all = recordings();
    let asked = all.iter().filter(|recording| recording.headers.contains_key("sluice-instance"));
    assert_eq!((asked.count(), service.connections()), (1, 1));
    assert!(!gateway.has_logged(TOLD), "{:#?}", gateway.log());
    assert_eq!(shared_addresses(&gateway).await, 0.0);
}
