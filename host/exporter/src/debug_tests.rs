use bytes::Bytes;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric,
};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prometheus_client::registry::Registry;
use prost::Message;
use sluice_otlp::{Payload, Request, Signal};
use sluice_pipeline::Consumer;

use super::{DebugExporter, Verbosity};
use crate::ExporterMetrics;
use crate::captured::lines_of;

fn payload(signal: Signal, message: &impl Message) -> Payload {
    Payload::bare(Request::scan(signal, Bytes::from(message.encode_to_vec())).unwrap())
}

fn traces(spans: usize) -> Payload {
    let span =
        Span { name: "checkout".into(), trace_id: vec![0xab; 16], span_id: vec![1; 8], ..Span::default() };
    let scope = ScopeSpans { spans: vec![span; spans], ..ScopeSpans::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    payload(Signal::Traces, &ExportTraceServiceRequest { resource_spans: vec![resource] })
}

fn logs() -> Payload {
    let body = AnyValue { value: Some(any_value::Value::StringValue("disk is full".into())) };
    let record = LogRecord { body: Some(body), ..LogRecord::default() };
    let scope = ScopeLogs { log_records: vec![record], ..ScopeLogs::default() };
    let resource = ResourceLogs { scope_logs: vec![scope], ..ResourceLogs::default() };
    payload(Signal::Logs, &ExportLogsServiceRequest { resource_logs: vec![resource] })
}

fn metrics() -> Payload {
    let gauge = Gauge { data_points: vec![NumberDataPoint::default(); 2] };
    let metric =
        Metric { name: "queue.size".into(), data: Some(metric::Data::Gauge(gauge)), ..Metric::default() };
    let scope = ScopeMetrics { metrics: vec![metric], ..ScopeMetrics::default() };
    let resource = ResourceMetrics { scope_metrics: vec![scope], ..ResourceMetrics::default() };
    payload(Signal::Metrics, &ExportMetricsServiceRequest { resource_metrics: vec![resource] })
}

/// The lines that exporting a payload writes.
fn lines(verbosity: Verbosity, payload: Payload) -> Vec<String> {
    let exporter =
        DebugExporter::new("debug", verbosity, &ExporterMetrics::register(&mut Registry::default()));
    lines_of(|| {
        let reply = futures_util::FutureExt::now_or_never(exporter.consume(payload));
        assert!(reply.unwrap().is_ok());
    })
}

/// Basic says how much came, in each signal's words.
#[test]
fn basic_counts() {
    let line = |payload| lines(Verbosity::Basic, payload).join("\n");
    assert_eq!(line(traces(3)), r#"INFO message=Traces exporter="debug" resource_spans=1 spans=3"#);
    assert_eq!(line(logs()), r#"INFO message=Logs exporter="debug" resource_logs=1 log_records=1"#);
    let metrics = line(metrics());
    assert_eq!(
        metrics,
        r#"INFO message=Metrics exporter="debug" resource_metrics=1 metrics=1 data_points=2"#
    );
}

/// Normal names each item: a span's name, a record's text, a point's metric.
#[test]
fn normal_names_items() {
    for (payload, name, items) in
        [(traces(2), "checkout", 2), (logs(), "disk is full", 1), (metrics(), "queue.size", 2)]
    {
        let lines = lines(Verbosity::Normal, payload);
        assert_eq!(lines.len(), 1 + items);
        assert!(lines[1..].iter().all(|line| line.contains(name)), "{lines:?}");
        assert!(!lines[1].contains("trace_id"));
    }
}

/// Detailed adds the ids in hex.
#[test]
fn detailed_adds_ids() {
    let lines = lines(Verbosity::Detailed, traces(1));
    assert!(lines[1].contains(&"ab".repeat(16)), "{lines:?}");
    assert!(lines[1].contains(&"01".repeat(8)));
}

/// A large request does not flood the log, and the log says how much it leaves out.
#[test]
fn lines_are_capped() {
    let lines = lines(Verbosity::Normal, traces(150));
    assert_eq!(lines.len(), 1 + 100 + 1);
    assert!(lines[101].contains("more=50"), "{}", lines[101]);
}
