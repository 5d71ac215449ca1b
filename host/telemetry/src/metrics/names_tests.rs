use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::Names;

fn page() -> String {
    let mut registry = Registry::default();
    let spans = Family::<Vec<(String, String)>, Counter>::default();
    spans.get_or_create(&vec![("exporter".to_owned(), "a # TYPE_total x".to_owned())]).inc_by(7);
    registry.register("otelcol_exporter_sent_spans", "Spans that were sent", spans);
    registry.register_with_unit("otelcol_process_uptime", "Uptime", Unit::Seconds, Counter::<u64>::default());
    registry.register_with_unit("otelcol_process_memory_rss", "Memory", Unit::Bytes, Gauge::<i64>::default());
    let latency = Histogram::new([0.5, 1.0]);
    latency.observe(0.7);
    registry.register("otelcol_loadbalancer_backend_latency", "Latency", latency);
    registry.register("target", "Target metadata", Info::new(vec![("service_name", "sluice")]));
    let mut page = String::new();
    text::encode(&mut page, &registry).expect("written");
    page
}

/// As the present Collector has them: neither suffix.
#[test]
fn both_suffixes_are_left_out() {
    let names = Names { without_type_suffix: true, without_units: true };
    assert_eq!(
        names.shorten(&page()),
        "# HELP otelcol_exporter_sent_spans Spans that were sent.\n\
         # TYPE otelcol_exporter_sent_spans counter\n\
         otelcol_exporter_sent_spans{exporter=\"a # TYPE_total x\"} 7\n\
         # HELP otelcol_process_uptime Uptime.\n\
         # TYPE otelcol_process_uptime counter\n\
         otelcol_process_uptime 0\n\
         # HELP otelcol_process_memory_rss Memory.\n\
         # TYPE otelcol_process_memory_rss gauge\n\
         otelcol_process_memory_rss 0\n\
         # HELP otelcol_loadbalancer_backend_latency Latency.\n\
         # TYPE otelcol_loadbalancer_backend_latency histogram\n\
         otelcol_loadbalancer_backend_latency_sum 0.7\n\
         otelcol_loadbalancer_backend_latency_count 1\n\
         otelcol_loadbalancer_backend_latency_bucket{le=\"0.5\"} 0\n\
         otelcol_loadbalancer_backend_latency_bucket{le=\"1.0\"} 1\n\
         otelcol_loadbalancer_backend_latency_bucket{le=\"+Inf\"} 1\n\
         # HELP target_info Target metadata.\n\
         # TYPE target_info gauge\n\
         target_info{service_name=\"sluice\"} 1\n"
    );
}

/// Each suffix can be left out alone; in the text format a counter's type stands under its whole name.
#[test]
fn one_suffix_is_left_out() {
    let units = Names { without_units: true, ..Names::default() }.shorten(&page());
    assert!(
        units.contains("# TYPE otelcol_process_uptime_total counter\notelcol_process_uptime_total 0\n"),
        "{units}"
    );
    let types = Names { without_type_suffix: true, ..Names::default() }.shorten(&page());
    assert!(
        types.contains("# TYPE otelcol_process_uptime_seconds counter\notelcol_process_uptime_seconds 0\n"),
        "{types}"
    );
    assert!(types.contains("otelcol_process_memory_rss_bytes 0\n"), "{types}");
}
