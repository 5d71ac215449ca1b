//! Requests to ask keys for.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use sluice_otlp::{Payload, Request, Signal};

pub(crate) fn payload(signal: Signal, message: &impl Message) -> Payload {
    Payload::bare(Request::scan(signal, message.encode_to_vec().into()).unwrap())
}

pub(crate) fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, any_value::Value::StringValue(value.to_owned()))
}

pub(crate) fn attribute(key: &str, value: any_value::Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

pub(crate) fn resource(attributes: Vec<KeyValue>) -> Option<Resource> {
    Some(Resource { attributes, ..Resource::default() })
}

pub(crate) fn service(name: &str) -> Option<Resource> {
    resource(vec![text("service.name", name)])
}

/// The trace id of the span or log record of a number.
pub(crate) fn trace_id(number: usize) -> [u8; 16] {
    let mut id = [0xab; 16];
    id[..8].copy_from_slice(&(number as u64).to_be_bytes());
    id
}

/// A span of a trace of its own.
pub(crate) fn span(number: usize) -> Span {
    Span { trace_id: trace_id(number).to_vec(), span_id: vec![1; 8], ..Span::default() }
}

/// One resource with one scope with these spans.
pub(crate) fn resource_spans(resource: Option<Resource>, spans: Vec<Span>) -> ResourceSpans {
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }
}

pub(crate) fn traces(resource_spans: Vec<ResourceSpans>) -> Payload {
    payload(Signal::Traces, &ExportTraceServiceRequest { resource_spans })
}

/// So many spans, each of a trace of its own; those of the given numbers are poisoned.
pub(crate) fn spans(count: usize, poisoned: &[usize]) -> Payload {
    let poison = |number: usize| match poisoned.contains(&number) {
        true => Span { attributes: vec![text("poison", "")], ..span(number) },
        false => span(number),
    };
    traces(vec![resource_spans(service("checkout"), (0..count).map(poison).collect())])
}

/// Log records of one resource.
pub(crate) fn logs(resource: Option<Resource>, log_records: Vec<LogRecord>) -> Payload {
    let scope_logs = vec![ScopeLogs { log_records, ..ScopeLogs::default() }];
    let resource_logs = vec![ResourceLogs { resource, scope_logs, ..ResourceLogs::default() }];
    payload(Signal::Logs, &ExportLogsServiceRequest { resource_logs })
}

/// A gauge of so many points for each resource.
pub(crate) fn gauges(of: Vec<(Option<Resource>, usize)>) -> Payload {
    let resource_metrics = of.into_iter().map(|(resource, points)| {
        let data_points = vec![NumberDataPoint::default(); points];
        let data = Some(metric::Data::Gauge(Gauge { data_points }));
        resource_metrics(resource, None, Metric { name: "load".to_owned(), data, ..Metric::default() })
    });
    payload(Signal::Metrics, &ExportMetricsServiceRequest { resource_metrics: resource_metrics.collect() })
}

pub(crate) fn resource_metrics(
    resource: Option<Resource>,
    scope: Option<InstrumentationScope>,
    metric: Metric,
) -> ResourceMetrics {
    let scope_metrics = vec![ScopeMetrics { scope, metrics: vec![metric], ..ScopeMetrics::default() }];
    ResourceMetrics { resource, scope_metrics, ..ResourceMetrics::default() }
}
