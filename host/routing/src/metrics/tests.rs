use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::RoutingMetrics;

fn exposition(registry: &Registry) -> String {
    let mut text = String::new();
    encode(&mut text, registry).unwrap();
    text
}

/// Names and labels are those that dashboards written for the Collector ask for.
#[test]
fn names_and_labels_are_the_collectors() {
    let mut registry = Registry::default();
    let metrics = RoutingMetrics::register(&mut registry);
    let backend = metrics.add_backend("loadbalancing", "10.0.0.1:4317");
    backend.latency.observe(7.0);
    backend.taken.inc();
    metrics.set_share("loadbalancing", "10.0.0.1:4317", 0.25);
    metrics.set_fingerprint("loadbalancing", 0, 0xab);
    metrics.count_rerouted("loadbalancing", 3);
    metrics.shared_addresses("loadbalancing").set(1);

    let text = exposition(&registry);
    for line in [
        "otelcol_loadbalancer_backend_latency_bucket{le=\"10.0\",endpoint=\"10.0.0.1:4317\"} 1",
        "otelcol_loadbalancer_backend_outcome_total{endpoint=\"10.0.0.1:4317\",success=\"true\"} 1",
        "otelcol_loadbalancer_backend_outcome_total{endpoint=\"10.0.0.1:4317\",success=\"false\"} 0",
        "sluice_ring_share{exporter=\"loadbalancing\",backend=\"10.0.0.1:4317\"} 0.25",
        "sluice_ring_fingerprint{exporter=\"loadbalancing\",fingerprint=\"00000000000000ab\"} 1",
        "sluice_routing_rerouted_items_total{exporter=\"loadbalancing\"} 3",
        "sluice_routing_shared_addresses{exporter=\"loadbalancing\"} 1",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

/// A backend that two load balancers use keeps its series until both have left it.
#[test]
fn series_go_with_the_last_user() {
    let mut registry = Registry::default();
    let metrics = RoutingMetrics::register(&mut registry);
    metrics.add_backend("x", "a:1").taken.inc();
    metrics.add_backend("y", "a:1").taken.inc();
    metrics.set_share("x", "a:1", 1.0);

    assert!(metrics.remove_backend("x", "a:1"));
    let text = exposition(&registry);
    assert!(text.contains("endpoint=\"a:1\"") && !text.contains("backend=\"a:1\""), "{text}");
    assert!(metrics.remove_backend("y", "a:1"));
    assert!(!exposition(&registry).contains("a:1"));
}

/// A backend that came back in the meantime keeps its series.
#[test]
fn series_stay_with_a_backend_that_came_back() {
    let mut registry = Registry::default();
    let metrics = RoutingMetrics::register(&mut registry);
    metrics.add_backend("x", "a:1").taken.inc();
    metrics.add_backend("x", "a:1").taken.inc();

    assert!(!metrics.remove_backend("x", "a:1"));
    assert!(exposition(&registry).contains("success=\"true\"} 2"));
}

/// There is one fingerprint at a time.
#[test]
fn a_fingerprint_replaces_the_one_before() {
    let mut registry = Registry::default();
    let metrics = RoutingMetrics::register(&mut registry);
    metrics.set_fingerprint("lb", 0, 1);
    metrics.set_fingerprint("lb", 1, 2);
    assert_eq!(exposition(&registry).matches("sluice_ring_fingerprint{").count(), 1);
}
