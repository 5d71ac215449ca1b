//! Requests of all shapes, small enough that ids and keys meet again and again.

use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value::Value,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint,
    Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint, exemplar,
    metric::Data, number_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Keys that plans ask for, and one that they do not.
pub(crate) const KEYS: [&str; 4] = ["service.name", "a", "", "other"];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z]{1,6}", Just("x".repeat(200))]
}

fn number() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), 1_u32..5, any::<u32>()]
}

fn trace_id() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(Vec::new()), Just(vec![0; 16]), (1_u8..4).prop_map(|byte| vec![byte; 16])]
}

fn span_id() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(Vec::new()), Just(vec![0; 8]), any::<[u8; 8]>().prop_map(Vec::from)]
}

fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        text().prop_map(Value::StringValue),
        any::<bool>().prop_map(Value::BoolValue),
        any::<i64>().prop_map(Value::IntValue),
        any::<i16>().prop_map(|number| Value::DoubleValue(f64::from(number) / 8.0)),
        vec(any::<u8>(), 0..4).prop_map(Value::BytesValue),
        vec(text(), 0..3).prop_map(|texts| {
            let values = texts.into_iter().map(|text| AnyValue { value: Some(Value::StringValue(text)) });
            Value::ArrayValue(ArrayValue { values: values.collect() })
        }),
        text().prop_map(|key| {
            Value::KvlistValue(KeyValueList { values: vec![KeyValue { key, ..KeyValue::default() }] })
        }),
    ];
    option::weighted(0.9, leaf).prop_map(|value| AnyValue { value })
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    let pair = (prop::sample::select(&KEYS[..]), option::weighted(0.9, any_value()))
        .prop_map(|(key, value)| KeyValue { key: key.to_owned(), value, ..KeyValue::default() });
    vec(pair, 0..5)
}

fn resource() -> impl Strategy<Value = Option<Resource>> {
    let resource = (attributes(), number()).prop_map(|(attributes, dropped_attributes_count)| Resource {
        attributes,
        dropped_attributes_count,
        ..Resource::default()
    });
    option::weighted(0.8, resource)
}

fn scope() -> impl Strategy<Value = Option<InstrumentationScope>> {
    let scope = (text(), text(), attributes(), number()).prop_map(|(name, version, attributes, dropped)| {
        InstrumentationScope { name, version, attributes, dropped_attributes_count: dropped }
    });
    option::weighted(0.8, scope)
}

fn event() -> impl Strategy<Value = Event> {
    (any::<u64>(), text(), attributes(), number()).prop_map(|(time, name, attributes, dropped)| Event {
        time_unix_nano: time,
        name,
        attributes,
        dropped_attributes_count: dropped,
    })
}

fn link() -> impl Strategy<Value = Link> {
    (trace_id(), span_id(), text(), attributes(), number(), number()).prop_map(
        |(trace_id, span_id, trace_state, attributes, dropped_attributes_count, flags)| Link {
            trace_id,
            span_id,
            trace_state,
            attributes,
            dropped_attributes_count,
            flags,
        },
    )
}

fn span() -> impl Strategy<Value = Span> {
    let ids = (trace_id(), span_id(), span_id(), text(), number());
    let words = (text(), 0..6_i32, any::<u64>(), any::<u64>());
    let parts = (attributes(), number(), vec(event(), 0..3), vec(link(), 0..3));
    let status = option::of((text(), 0..3_i32).prop_map(|(message, code)| Status { message, code }));
    (ids, words, parts, status).prop_map(|(ids, words, parts, status)| Span {
        trace_id: ids.0,
        span_id: ids.1,
        parent_span_id: ids.2,
        trace_state: ids.3,
        flags: ids.4,
        name: words.0,
        kind: words.1,
        start_time_unix_nano: words.2,
        end_time_unix_nano: words.3,
        attributes: parts.0,
        dropped_attributes_count: parts.1,
        events: parts.2,
        links: parts.3,
        status,
        ..Span::default()
    })
}

/// What an `ExportTraceServiceRequest` has.
pub(crate) fn traces() -> impl Strategy<Value = Vec<ResourceSpans>> {
    let scope_spans = (scope(), vec(span(), 0..4), text())
        .prop_map(|(scope, spans, schema_url)| ScopeSpans { scope, spans, schema_url });
    let resource_spans = (resource(), vec(scope_spans, 0..3), text())
        .prop_map(|(resource, scope_spans, schema_url)| ResourceSpans { resource, scope_spans, schema_url });
    vec(resource_spans, 0..4)
}

fn log_record() -> impl Strategy<Value = LogRecord> {
    let times = (any::<u64>(), any::<u64>(), 0..25_i32, text(), text());
    let ids = (trace_id(), span_id(), number());
    (times, ids, option::of(any_value()), attributes(), number()).prop_map(
        |(times, ids, body, attributes, dropped_attributes_count)| LogRecord {
            time_unix_nano: times.0,
            observed_time_unix_nano: times.1,
            severity_number: times.2,
            severity_text: times.3,
            event_name: times.4,
            trace_id: ids.0,
            span_id: ids.1,
            flags: ids.2,
            body,
            attributes,
            dropped_attributes_count,
        },
    )
}

/// What an `ExportLogsServiceRequest` has.
pub(crate) fn logs() -> impl Strategy<Value = Vec<ResourceLogs>> {
    let scope_logs = (scope(), vec(log_record(), 0..4), text())
        .prop_map(|(scope, log_records, schema_url)| ScopeLogs { scope, log_records, schema_url });
    let resource_logs = (resource(), vec(scope_logs, 0..3), text())
        .prop_map(|(resource, scope_logs, schema_url)| ResourceLogs { resource, scope_logs, schema_url });
    vec(resource_logs, 0..4)
}

fn exemplar() -> impl Strategy<Value = Exemplar> {
    let value = prop_oneof![
        any::<i32>().prop_map(|number| exemplar::Value::AsInt(i64::from(number))),
        any::<i16>().prop_map(|number| exemplar::Value::AsDouble(f64::from(number) / 4.0)),
    ];
    (any::<u64>(), trace_id(), span_id(), option::of(value), attributes()).prop_map(
        |(time_unix_nano, trace_id, span_id, value, filtered_attributes)| Exemplar {
            filtered_attributes,
            time_unix_nano,
            span_id,
            trace_id,
            value,
        },
    )
}

fn number_point() -> impl Strategy<Value = NumberDataPoint> {
    let value = prop_oneof![
        any::<i32>().prop_map(|number| number_data_point::Value::AsInt(i64::from(number))),
        any::<i16>().prop_map(|number| number_data_point::Value::AsDouble(f64::from(number) / 4.0)),
    ];
    (attributes(), any::<u64>(), any::<u64>(), vec(exemplar(), 0..3), number(), option::of(value)).prop_map(
        |(attributes, start_time_unix_nano, time_unix_nano, exemplars, flags, value)| NumberDataPoint {
            attributes,
            start_time_unix_nano,
            time_unix_nano,
            exemplars,
            flags,
            value,
        },
    )
}

fn histogram_point() -> impl Strategy<Value = HistogramDataPoint> {
    let sum = option::of(any::<i16>().prop_map(f64::from));
    (attributes(), any::<u64>(), any::<u64>(), vec(exemplar(), 0..2), number(), sum).prop_map(
        |(attributes, start_time_unix_nano, time_unix_nano, exemplars, flags, sum)| HistogramDataPoint {
            attributes,
            start_time_unix_nano,
            time_unix_nano,
            count: 3,
            sum,
            bucket_counts: vec![1, 2],
            explicit_bounds: vec![0.5],
            exemplars,
            flags,
            min: Some(0.25),
            max: None,
        },
    )
}

fn data() -> impl Strategy<Value = Data> {
    prop_oneof![
        vec(number_point(), 0..4).prop_map(|data_points| Data::Gauge(Gauge { data_points })),
        (vec(number_point(), 0..4), 0..3_i32, any::<bool>()).prop_map(
            |(data_points, aggregation_temporality, is_monotonic)| {
                Data::Sum(Sum { data_points, aggregation_temporality, is_monotonic })
            }
        ),
        (vec(histogram_point(), 0..4), 0..3_i32).prop_map(|(data_points, aggregation_temporality)| {
            Data::Histogram(Histogram { data_points, aggregation_temporality })
        }),
        (vec(histogram_point(), 0..4), 0..3_i32).prop_map(|(points, aggregation_temporality)| {
            let data_points = points.into_iter().map(exponential).collect();
            Data::ExponentialHistogram(ExponentialHistogram { data_points, aggregation_temporality })
        }),
        vec(histogram_point(), 0..4).prop_map(|points| {
            Data::Summary(Summary { data_points: points.into_iter().map(summary).collect() })
        }),
    ]
}

fn exponential(point: HistogramDataPoint) -> ExponentialHistogramDataPoint {
    ExponentialHistogramDataPoint {
        attributes: point.attributes,
        start_time_unix_nano: point.start_time_unix_nano,
        time_unix_nano: point.time_unix_nano,
        count: point.count,
        sum: point.sum,
        scale: -1,
        flags: point.flags,
        exemplars: point.exemplars,
        ..ExponentialHistogramDataPoint::default()
    }
}

fn summary(point: HistogramDataPoint) -> SummaryDataPoint {
    SummaryDataPoint {
        attributes: point.attributes,
        start_time_unix_nano: point.start_time_unix_nano,
        time_unix_nano: point.time_unix_nano,
        count: point.count,
        sum: point.sum.unwrap_or_default(),
        quantile_values: Vec::new(),
        flags: point.flags,
    }
}

/// What an `ExportMetricsServiceRequest` has.
pub(crate) fn metrics() -> impl Strategy<Value = Vec<ResourceMetrics>> {
    let metric = (text(), text(), text(), attributes(), option::weighted(0.9, data())).prop_map(
        |(name, description, unit, metadata, data)| Metric { name, description, unit, metadata, data },
    );
    let scope_metrics = (scope(), vec(metric, 0..3), text())
        .prop_map(|(scope, metrics, schema_url)| ScopeMetrics { scope, metrics, schema_url });
    let resource_metrics =
        (resource(), vec(scope_metrics, 0..3), text()).prop_map(|(resource, scope_metrics, schema_url)| {
            ResourceMetrics { resource, scope_metrics, schema_url }
        });
    vec(resource_metrics, 0..4)
}
