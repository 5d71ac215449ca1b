//! Metrics under the Collector's names, with numbers that are true.

use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::metrics::Page;
use sluice_tests::{config, traffic, wait};

/// `sum by (exporter) (otelcol_exporter_sent_spans_total)` shows the share of each backend, and summed up it is
/// what was sent; receiver and ring say their part.
#[tokio::test(flavor = "multi_thread")]
async fn the_guides_query_shows_the_skew() {
    let backends = [Backend::start().await, Backend::start().await, Backend::start().await];
    let addresses: Vec<_> = backends.iter().map(Backend::address).collect();
    let gateway = Gateway::start(&config::load_balancing(&addresses, "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    for _ in 0..10 {
        client.send("traces", &traffic::traces(50, 2)).await.expect("accepted");
    }
    client.send("logs", &traffic::logs(10, 3)).await.expect("accepted");
    client.send("metrics", &traffic::metrics(10, 3)).await.expect("accepted");

    let metrics = gateway.address("metrics");
    for (name, total) in [("spans", 1000.0), ("log_records", 30.0), ("metric_points", 30.0)] {
        let family = format!("otelcol_exporter_sent_{name}_total");
        wait::until(&family, || async { Page::scrape(metrics).await.sum(&family, &[]) == total }).await;
    }
    let page = Page::scrape(metrics).await;
    for backend in &backends {
        let label = format!("exporter=\"load_balancing/{}\"", backend.address());
        let sent = page.series("otelcol_exporter_sent_spans_total", &[&label]);
        let arrived = traffic::spans_of(&backend.traces()).len() as f64;
        assert_eq!(
            sent.iter().map(|(_, value)| *value).collect::<Vec<_>>(),
            [arrived],
            "one series a backend: {sent:?}"
        );
    }
    let bare = page.series("otelcol_exporter_sent_spans_total", &["exporter=\"load_balancing\""]);
    assert!(bare.is_empty(), "no second series beside those of the backends: {bare:?}");
    let receiver = ["receiver=\"otlp\"", "transport=\"grpc\""];
    assert_eq!(page.sum("otelcol_receiver_accepted_spans_total", &receiver), 1000.0);
    assert_eq!(page.sum("otelcol_loadbalancer_num_backends", &["resolver=\"static\""]), 3.0);
    let share = page.sum("sluice_ring_share", &[]);
    assert!((share - 1.0).abs() < 1e-6, "the shares of all backends make one: {share}");
    assert_eq!(page.series("sluice_ring_fingerprint", &[]).len(), 1, "{}", page.0);
    for name in ["sluice_plugin_calls_total", "sluice_plugin_rows_total", "sluice_plugin_seconds_count"] {
        assert!(page.sum(name, &["plugin=\"traceID\""]) > 0.0, "{name}: {}", page.0);
    }
}

/// Every family says what it means, in Prometheus' own format.
#[tokio::test(flavor = "multi_thread")]
async fn every_family_has_help() {
    let gateway = Gateway::start(&config::load_balancing(&[([127, 0, 0, 1], 1).into()], "")).await;
    let page = Page::scrape(gateway.address("metrics")).await;
    assert!(page.0.ends_with("# EOF\n"));
    for line in page.0.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().expect("a name");
        assert!(page.0.contains(&format!("# HELP {name} ")), "{name} has no help text");
        assert!(name.starts_with("otelcol_") || name.starts_with("sluice_") || name == "target", "{name}");
    }
}
