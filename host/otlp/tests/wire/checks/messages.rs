//! Valid requests of all kinds, made from a [`Source`] with the generated types.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use prost::Message as _;
use sluice_otlp::Signal;

use super::metrics::metric;
use super::source::Source;

/// A serialized request; empty resources, scopes and metrics are among its parts.
pub(crate) fn request(signal: Signal, source: &mut Source<'_>) -> Vec<u8> {
    match signal {
        Signal::Traces => {
            let resource_spans = source.several(3, resource_spans);
            ExportTraceServiceRequest { resource_spans }.encode_to_vec()
        }
        Signal::Logs => {
            let resource_logs = source.several(3, resource_logs);
            ExportLogsServiceRequest { resource_logs }.encode_to_vec()
        }
        Signal::Metrics => {
            let resource_metrics = source.several(3, resource_metrics);
            ExportMetricsServiceRequest { resource_metrics }.encode_to_vec()
        }
    }
}

fn resource_spans(source: &mut Source<'_>) -> ResourceSpans {
    ResourceSpans {
        scope_spans: source.several(3, |source| ScopeSpans {
            spans: source.several(6, span),
            scope: source.maybe(scope),
            schema_url: source.text(),
        }),
        resource: source.maybe(resource),
        schema_url: source.text(),
    }
}

fn resource_logs(source: &mut Source<'_>) -> ResourceLogs {
    ResourceLogs {
        scope_logs: source.several(3, |source| ScopeLogs {
            log_records: source.several(6, log_record),
            scope: source.maybe(scope),
            schema_url: source.text(),
        }),
        resource: source.maybe(resource),
        schema_url: source.text(),
    }
}

fn resource_metrics(source: &mut Source<'_>) -> ResourceMetrics {
    ResourceMetrics {
        scope_metrics: source.several(3, |source| ScopeMetrics {
            metrics: source.several(4, metric),
            scope: source.maybe(scope),
            schema_url: source.text(),
        }),
        resource: source.maybe(resource),
        schema_url: source.text(),
    }
}

fn resource(source: &mut Source<'_>) -> Resource {
    Resource {
        attributes: attributes(source),
        dropped_attributes_count: source.short(),
        entity_refs: source.several(2, |source| EntityRef {
            schema_url: source.text(),
            r#type: source.text(),
            id_keys: source.several(2, Source::text),
            description_keys: source.several(2, Source::text),
        }),
    }
}

fn scope(source: &mut Source<'_>) -> InstrumentationScope {
    InstrumentationScope {
        name: source.text(),
        version: source.text(),
        attributes: attributes(source),
        dropped_attributes_count: source.short(),
    }
}

fn span(source: &mut Source<'_>) -> Span {
    Span {
        trace_id: source.id(16),
        span_id: source.id(8),
        trace_state: source.text(),
        parent_span_id: source.id(8),
        flags: source.short(),
        name: source.text(),
        kind: source.below(6) as i32,
        start_time_unix_nano: source.number(),
        end_time_unix_nano: source.number(),
        attributes: attributes(source),
        dropped_attributes_count: source.short(),
        events: source.several(2, |source| Event {
            time_unix_nano: source.number(),
            name: source.text(),
            attributes: attributes(source),
            dropped_attributes_count: source.short(),
        }),
        dropped_events_count: source.short(),
        links: source.several(2, |source| Link {
            trace_id: source.id(16),
            span_id: source.id(8),
            trace_state: source.text(),
            attributes: attributes(source),
            dropped_attributes_count: source.short(),
            flags: source.short(),
        }),
        dropped_links_count: source.short(),
        status: source.maybe(|source| Status { message: source.text(), code: source.below(3) as i32 }),
    }
}

fn log_record(source: &mut Source<'_>) -> LogRecord {
    LogRecord {
        time_unix_nano: source.number(),
        observed_time_unix_nano: source.number(),
        severity_number: source.below(25) as i32,
        severity_text: source.text(),
        body: source.maybe(|source| any_value(source, 4)),
        attributes: attributes(source),
        dropped_attributes_count: source.short(),
        flags: source.short(),
        trace_id: source.id(16),
        span_id: source.id(8),
        event_name: source.text(),
    }
}

/// Attributes of all types, with keys that may occur twice.
pub(crate) fn attributes(source: &mut Source<'_>) -> Vec<KeyValue> {
    source.several(3, |source| key_value(source, 3))
}

fn key_value(source: &mut Source<'_>, depth: u32) -> KeyValue {
    let key = ["service.name", "a", "http.route", ""][source.below(4)].to_owned();
    let value = source.maybe(|source| any_value(source, depth));
    KeyValue { key, value, key_strindex: 0 }
}

fn any_value(source: &mut Source<'_>, depth: u32) -> AnyValue {
    let value = match source.below(if depth == 0 { 6 } else { 8 }) {
        0 => return AnyValue { value: None },
        1 => Value::StringValue(source.text()),
        2 => Value::BoolValue(source.flag()),
        3 => Value::IntValue(source.number() as i64),
        4 => Value::DoubleValue(source.double()),
        5 => Value::BytesValue(source.several(20, Source::byte)),
        6 => {
            Value::ArrayValue(ArrayValue { values: source.several(3, |source| any_value(source, depth - 1)) })
        }
        _ => Value::KvlistValue(KeyValueList {
            values: source.several(3, |source| key_value(source, depth - 1)),
        }),
    };
    AnyValue { value: Some(value) }
}
