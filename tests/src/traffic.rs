//! Messages to send, and what is compared of those that arrive.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

/// A text attribute.
#[must_use]
pub fn attribute(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(Value::StringValue(value.to_owned())) };
    KeyValue { key: key.to_owned(), value: Some(value), ..KeyValue::default() }
}

/// A resource with a `service.name`.
#[must_use]
pub fn service(name: &str) -> Resource {
    Resource { attributes: vec![attribute("service.name", name)], ..Resource::default() }
}

/// A random trace id.
#[must_use]
pub fn trace_id() -> Vec<u8> {
    fastrand::u128(1..).to_be_bytes().to_vec()
}

/// A span of about 300 bytes.
#[must_use]
pub fn span(trace_id: &[u8], name: &str) -> Span {
    Span {
        trace_id: trace_id.to_vec(),
        span_id: fastrand::u64(1..).to_be_bytes().to_vec(),
        name: name.to_owned(),
        kind: 2,
        start_time_unix_nano: 1_700_000_000_000_000_000,
        end_time_unix_nano: 1_700_000_000_120_000_000,
        attributes: (0..8).map(|n| attribute(&format!("attribute.{n}"), "a value of some length")).collect(),
        ..Span::default()
    }
}

/// A request of `traces` traces, each with `spans` spans that are spread over two services and two scopes.
#[must_use]
pub fn traces(traces: usize, spans: usize) -> ExportTraceServiceRequest {
    let ids: Vec<Vec<u8>> = (0..traces).map(|_| trace_id()).collect();
    let scope = |service: usize, scope: usize| ScopeSpans {
        scope: Some(InstrumentationScope {
            name: format!("scope-{scope}"),
            ..InstrumentationScope::default()
        }),
        spans: (0..spans)
            .filter(|n| n % 4 == service * 2 + scope)
            .flat_map(|n| ids.iter().map(move |id| span(id, &format!("span-{n}"))))
            .collect(),
        schema_url: "https://opentelemetry.io/schemas/1.27.0".to_owned(),
    };
    let resource = |number: usize| ResourceSpans {
        resource: Some(service(&format!("service-{number}"))),
        scope_spans: vec![scope(number, 0), scope(number, 1)],
        schema_url: "https://opentelemetry.io/schemas/1.26.0".to_owned(),
    };
    ExportTraceServiceRequest { resource_spans: vec![resource(0), resource(1)] }
}

/// A request of `records` log records of each of `services` services, with trace ids.
#[must_use]
pub fn logs(services: usize, records: usize) -> ExportLogsServiceRequest {
    let record = |n: usize| LogRecord {
        time_unix_nano: 1_700_000_000_000_000_000 + n as u64,
        severity_text: "INFO".to_owned(),
        body: Some(AnyValue { value: Some(Value::StringValue(format!("line {n}"))) }),
        trace_id: trace_id(),
        ..LogRecord::default()
    };
    let resource = |number: usize| ResourceLogs {
        resource: Some(service(&format!("service-{number}"))),
        scope_logs: vec![ScopeLogs {
            log_records: (0..records).map(record).collect(),
            ..ScopeLogs::default()
        }],
        ..ResourceLogs::default()
    };
    ExportLogsServiceRequest { resource_logs: (0..services).map(resource).collect() }
}

/// A request of `points` data points of one sum of each of `services` services.
#[must_use]
pub fn metrics(services: usize, points: usize) -> ExportMetricsServiceRequest {
    let point = |n: usize| NumberDataPoint {
        attributes: vec![attribute("series", &n.to_string())],
        time_unix_nano: 1_700_000_000_000_000_000,
        ..NumberDataPoint::default()
    };
    let sum =
        Sum { data_points: (0..points).map(point).collect(), aggregation_temporality: 2, is_monotonic: true };
    let metric = Metric {
        name: "requests".to_owned(),
        unit: "1".to_owned(),
        data: Some(Data::Sum(sum)),
        ..Metric::default()
    };
    let resource = |number: usize| ResourceMetrics {
        resource: Some(service(&format!("service-{number}"))),
        scope_metrics: vec![ScopeMetrics { metrics: vec![metric.clone()], ..ScopeMetrics::default() }],
        ..ResourceMetrics::default()
    };
    ExportMetricsServiceRequest { resource_metrics: (0..services).map(resource).collect() }
}

/// Every span with the headers that it arrived under, byte for byte, and how often it is there.
#[must_use]
pub fn spans_of(requests: &[ExportTraceServiceRequest]) -> BTreeMap<Vec<u8>, usize> {
    let mut found = BTreeMap::new();
    for resource in requests.iter().flat_map(|request| &request.resource_spans) {
        for scope in &resource.scope_spans {
            for span in &scope.spans {
                let alone = ScopeSpans { spans: vec![span.clone()], ..scope.clone() };
                let whole = ResourceSpans { scope_spans: vec![alone], ..resource.clone() };
                *found.entry(whole.encode_to_vec()).or_default() += 1;
            }
        }
    }
    found
}

/// The trace ids in the requests.
#[must_use]
pub fn trace_ids_of(requests: &[ExportTraceServiceRequest]) -> std::collections::BTreeSet<Vec<u8>> {
    let resources = requests.iter().flat_map(|request| &request.resource_spans);
    let spans = resources.flat_map(|resource| &resource.scope_spans).flat_map(|scope| &scope.spans);
    spans.map(|span| span.trace_id.clone()).collect()
}

/// Every log record with its resource, byte for byte, and how often it is there.
#[must_use]
pub fn records_of(requests: &[ExportLogsServiceRequest]) -> BTreeMap<Vec<u8>, usize> {
    let mut found = BTreeMap::new();
    for resource in requests.iter().flat_map(|request| &request.resource_logs) {
        for scope in &resource.scope_logs {
            for record in &scope.log_records {
                let alone = ScopeLogs { log_records: vec![record.clone()], ..scope.clone() };
                let whole = ResourceLogs { scope_logs: vec![alone], ..resource.clone() };
                *found.entry(whole.encode_to_vec()).or_default() += 1;
            }
        }
    }
    found
}

/// Every data point of a sum with its metric and resource, byte for byte, and how often it is there.
#[must_use]
pub fn points_of(requests: &[ExportMetricsServiceRequest]) -> BTreeMap<Vec<u8>, usize> {
    let mut found = BTreeMap::new();
    for resource in requests.iter().flat_map(|request| &request.resource_metrics) {
        for metric in resource.scope_metrics.iter().flat_map(|scope| &scope.metrics) {
            let Some(Data::Sum(sum)) = &metric.data else { continue };
            for point in &sum.data_points {
                let alone = Sum { data_points: vec![point.clone()], ..sum.clone() };
                let metric = Metric { data: Some(Data::Sum(alone)), ..metric.clone() };
                let scope = ScopeMetrics { metrics: vec![metric], ..ScopeMetrics::default() };
                let whole = ResourceMetrics { scope_metrics: vec![scope], ..resource.clone() };
                *found.entry(whole.encode_to_vec()).or_default() += 1;
            }
        }
    }
    found
}
