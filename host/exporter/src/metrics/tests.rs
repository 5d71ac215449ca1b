use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use sluice_otlp::Signal;

use super::{ExporterMetrics, Loss};

fn text(registry: &Registry) -> String {
    let mut text = String::new();
    encode(&mut text, registry).unwrap();
    text
}

/// The exposed names and labels are the Collector's, with the reason of a loss beside them.
#[test]
fn series_have_the_collectors_names() {
    let mut registry = Registry::default();
    let metrics = ExporterMetrics::register(&mut registry);
    let series = metrics.series("loadbalancing/10.0.0.1:4317");
    series.appear();
    series.sent(Signal::Traces, 5);
    series.sent(Signal::Metrics, 7);
    series.failed(Signal::Logs, 2, Loss::Rejected);
    series.enqueue_failed(Signal::Traces, 3);
    let _in_flight = series.in_flight();
    let queue = metrics.queue("loadbalancing");
    queue.capacity.set(1000);
    let text = text(&registry);
    for line in [
        r#"otelcol_exporter_sent_spans_total{exporter="loadbalancing/10.0.0.1:4317"} 5"#,
        r#"otelcol_exporter_sent_log_records_total{exporter="loadbalancing/10.0.0.1:4317"} 0"#,
        r#"otelcol_exporter_sent_metric_points_total{exporter="loadbalancing/10.0.0.1:4317"} 7"#,
        r#"otelcol_exporter_send_failed_log_records_total{exporter="loadbalancing/10.0.0.1:4317",reason="rejected"} 2"#,
        r#"otelcol_exporter_enqueue_failed_spans_total{exporter="loadbalancing/10.0.0.1:4317"} 3"#,
        r#"otelcol_exporter_in_flight_requests{exporter="loadbalancing/10.0.0.1:4317"} 1"#,
        r#"otelcol_exporter_queue_size{exporter="loadbalancing"} 0"#,
        r#"otelcol_exporter_queue_capacity{exporter="loadbalancing"} 1000"#,
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

/// A removed exporter leaves no series behind, and takes no other's with it.
#[test]
fn removed_series_are_gone() {
    let mut registry = Registry::default();
    let metrics = ExporterMetrics::register(&mut registry);
    for exporter in ["gone", "stays"] {
        let series = metrics.series(exporter);
        series.enqueue_failed(Signal::Logs, 1);
        Loss::ALL.into_iter().for_each(|reason| series.failed(Signal::Traces, 1, reason));
        metrics.queue(exporter).size.set(1);
    }
    metrics.remove("gone");
    let text = text(&registry);
    assert!(!text.contains("gone"), "{text}");
    assert!(text.contains(r#"{exporter="stays"}"#));
}

/// A request counts as in flight as long as its guard lives.
#[test]
fn requests_in_flight_are_counted_while_they_are() {
    let mut registry = Registry::default();
    let series = ExporterMetrics::register(&mut registry).series("otlp");
    let guards = [series.in_flight(), series.in_flight()];
    assert!(text(&registry).contains(r#"in_flight_requests{exporter="otlp"} 2"#));
    drop(guards);
    assert!(text(&registry).contains(r#"in_flight_requests{exporter="otlp"} 0"#));
}
