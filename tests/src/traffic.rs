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

/// The `service.name` of a resource, or nothing.
#[must_use]
pub fn service_of(resource: Option<&Resource>) -> String {
    let mut attributes = resource.into_iter().flat_map(|resource| &resource.attributes);
    let name = attributes.find(|attribute| attribute.key == "service.name");
    match name.and_then(|name| name.value.as_ref()).and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(name)) => name.clone(),
        _ => String::new(),
    }
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

/// A request with spans of one service.
#[must_use]
pub fn of_service(name: &str, spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let resource = Some(service(name));
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }],
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

/// How often each item is there, byte for byte with the headers that it arrived under.
pub type Items = BTreeMap<Vec<u8>, usize>;

/// Counts an item below its headers, which are encoded once and not once an item.
fn count(found: &mut Items, headers: &[u8], item: &impl Message) {
    let mut bytes = headers.to_vec();
    item.encode_raw(&mut bytes);
    *found.entry(bytes).or_default() += 1;
}

/// Every span.
#[must_use]
pub fn spans_of(requests: &[ExportTraceServiceRequest]) -> Items {
    let mut found = Items::new();
    for resource in requests.iter().flat_map(|request| &request.resource_spans) {
        for scope in &resource.scope_spans {
            let header = ResourceSpans {
                resource: resource.resource.clone(),
                scope_spans: vec![ScopeSpans {
                    scope: scope.scope.clone(),
                    spans: Vec::new(),
                    schema_url: scope.schema_url.clone(),
                }],
                schema_url: resource.schema_url.clone(),
            };
            let header = header.encode_to_vec();
            scope.spans.iter().for_each(|span| count(&mut found, &header, span));
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

/// Every log record.
#[must_use]
pub fn records_of(requests: &[ExportLogsServiceRequest]) -> Items {
    let mut found = Items::new();
    for resource in requests.iter().flat_map(|request| &request.resource_logs) {
        let header = resource.resource.clone().unwrap_or_default().encode_to_vec();
        for record in resource.scope_logs.iter().flat_map(|scope| &scope.log_records) {
            count(&mut found, &header, record);
        }
    }
    found
}

/// Every data point of a sum, below its resource and its metric.
#[must_use]
pub fn points_of(requests: &[ExportMetricsServiceRequest]) -> Items {
    let mut found = Items::new();
    for resource in requests.iter().flat_map(|request| &request.resource_metrics) {
        let header = resource.resource.clone().unwrap_or_default().encode_to_vec();
        for metric in resource.scope_metrics.iter().flat_map(|scope| &scope.metrics) {
            let Some(Data::Sum(sum)) = &metric.data else { continue };
            let alone = Sum {
                data_points: Vec::new(),
                aggregation_temporality: sum.aggregation_temporality,
                is_monotonic: sum.is_monotonic,
            };
            let metric = Metric {
                name: metric.name.clone(),
                unit: metric.unit.clone(),
                data: Some(Data::Sum(alone)),
                ..Metric::default()
            };
            let header = [header.clone(), metric.encode_to_vec()].concat();
            sum.data_points.iter().for_each(|point| count(&mut found, &header, point));
        }
    }
    found
}
