use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint,
    Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint, exemplar,
    exponential_histogram_data_point, metric, number_data_point, summary_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span};
use proptest::prelude::*;
use prost::Message;
use serde_json::{Value, json};
use sluice_otlp::Signal;
use sluice_otlp::wire::WireError;

use super::encode;

fn value(value: any_value::Value) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn attribute(key: &str, of: any_value::Value) -> KeyValue {
    KeyValue { key: key.into(), value: Some(value(of)), ..KeyValue::default() }
}

fn read(signal: Signal, message: &impl Message) -> Value {
    let line = encode(signal, &message.encode_to_vec()).unwrap();
    assert!(!line.contains(&b'\n'));
    serde_json::from_slice(&line).unwrap()
}

/// A span with everything that a span can have, in OTLP/JSON's forms.
#[test]
fn a_span_is_written_as_specified() {
    let event = span::Event {
        time_unix_nano: 3,
        name: "event".into(),
        attributes: vec![attribute("yes", any_value::Value::BoolValue(true))],
        dropped_attributes_count: 4,
    };
    let link = span::Link {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        trace_state: "a=b".into(),
        flags: 257,
        ..span::Link::default()
    };
    let span = Span {
        trace_id: (0..16).collect(),
        span_id: vec![0xab; 8],
        parent_span_id: vec![0xcd; 8],
        trace_state: "k=v".into(),
        name: "a \"name\"".into(),
        kind: 3,
        start_time_unix_nano: u64::MAX,
        end_time_unix_nano: 2,
        attributes: vec![
            attribute("int", any_value::Value::IntValue(-5)),
            attribute("double", any_value::Value::DoubleValue(0.1)),
            attribute("bytes", any_value::Value::BytesValue(vec![1, 2, 3, 4])),
        ],
        dropped_attributes_count: 1,
        events: vec![event],
        dropped_events_count: 2,
        links: vec![link],
        dropped_links_count: 3,
        status: Some(Status { message: "no".into(), code: 2 }),
        flags: 1,
    };
    let scope =
        InstrumentationScope { name: "lib".into(), version: "1".into(), ..InstrumentationScope::default() };
    let scope_spans = ScopeSpans { scope: Some(scope), spans: vec![span], schema_url: "inner".into() };
    let resource = Resource {
        attributes: vec![attribute("service.name", any_value::Value::StringValue("shop".into()))],
        ..Resource::default()
    };
    let resource_spans = ResourceSpans {
        resource: Some(resource),
        scope_spans: vec![scope_spans],
        schema_url: "outer".into(),
    };
    let written = read(Signal::Traces, &ExportTraceServiceRequest { resource_spans: vec![resource_spans] });
    let expected = json!({"resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
        "scopeSpans": [{
            "scope": {"name": "lib", "version": "1"},
            "spans": [{
                "traceId": "000102030405060708090a0b0c0d0e0f",
                "spanId": "abababababababab",
                "traceState": "k=v",
                "parentSpanId": "cdcdcdcdcdcdcdcd",
                "name": "a \"name\"",
                "kind": 3,
                "startTimeUnixNano": "18446744073709551615",
                "endTimeUnixNano": "2",
                "attributes": [
                    {"key": "int", "value": {"intValue": "-5"}},
                    {"key": "double", "value": {"doubleValue": 0.1}},
                    {"key": "bytes", "value": {"bytesValue": "AQIDBA=="}},
                ],
                "droppedAttributesCount": 1,
                "events": [{
                    "timeUnixNano": "3",
                    "name": "event",
                    "attributes": [{"key": "yes", "value": {"boolValue": true}}],
                    "droppedAttributesCount": 4,
                }],
                "droppedEventsCount": 2,
                "links": [{
                    "traceId": "01010101010101010101010101010101",
                    "spanId": "0202020202020202",
                    "traceState": "a=b",
                    "flags": 257,
                }],
                "droppedLinksCount": 3,
                "status": {"message": "no", "code": 2},
                "flags": 1,
            }],
            "schemaUrl": "inner",
        }],
        "schemaUrl": "outer",
    }]});
    assert_eq!(written, expected);
}

/// A log record whose body is a list with a map in it.
#[test]
fn a_log_record_is_written_as_specified() {
    let map = KeyValueList { values: vec![attribute("k", any_value::Value::IntValue(1))] };
    let list = ArrayValue { values: vec![value(any_value::Value::KvlistValue(map)), AnyValue::default()] };
    let record = LogRecord {
        time_unix_nano: 1,
        observed_time_unix_nano: 2,
        severity_number: 9,
        severity_text: "INFO".into(),
        body: Some(value(any_value::Value::ArrayValue(list))),
        flags: 1,
        event_name: "login".into(),
        ..LogRecord::default()
    };
    let scope = ScopeLogs { log_records: vec![record], ..ScopeLogs::default() };
    let resource = ResourceLogs { scope_logs: vec![scope], ..ResourceLogs::default() };
    let written = read(Signal::Logs, &ExportLogsServiceRequest { resource_logs: vec![resource] });
    let expected = json!({
        "timeUnixNano": "1",
        "severityNumber": 9,
        "severityText": "INFO",
        "body": {"arrayValue": {"values": [{"kvlistValue": {"values": [{"key": "k", "value": {"intValue": "1"}}]}}, {}]}},
        "flags": 1,
        "observedTimeUnixNano": "2",
        "eventName": "login",
    });
    assert_eq!(written["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0], expected);
}

fn metric(name: &str, data: metric::Data) -> Metric {
    Metric { name: name.into(), unit: "1".into(), data: Some(data), ..Metric::default() }
}

fn metrics(metrics: Vec<Metric>) -> Value {
    let scope = ScopeMetrics { metrics, ..ScopeMetrics::default() };
    let resource = ResourceMetrics { scope_metrics: vec![scope], ..ResourceMetrics::default() };
    let written = read(Signal::Metrics, &ExportMetricsServiceRequest { resource_metrics: vec![resource] });
    written["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].clone()
}

/// Gauges and sums, with exemplars, integers as text, and numbers that JSON has no word for.
#[test]
fn numbers_are_written_as_specified() {
    let exemplar = Exemplar {
        time_unix_nano: 1,
        span_id: vec![3; 8],
        trace_id: vec![4; 16],
        value: Some(exemplar::Value::AsDouble(1.5)),
        ..Exemplar::default()
    };
    let integer = NumberDataPoint {
        value: Some(number_data_point::Value::AsInt(-7)),
        exemplars: vec![exemplar],
        flags: 1,
        ..NumberDataPoint::default()
    };
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300].map(|number| NumberDataPoint {
        value: Some(number_data_point::Value::AsDouble(number)),
        ..NumberDataPoint::default()
    });
    let sum = Sum { data_points: vec![integer], aggregation_temporality: 2, is_monotonic: true };
    let written = metrics(vec![
        metric("sum", metric::Data::Sum(sum)),
        metric("gauge", metric::Data::Gauge(Gauge { data_points: odd.to_vec() })),
    ]);
    let point = json!({
        "asInt": "-7",
        "exemplars": [{
            "timeUnixNano": "1", "asDouble": 1.5, "spanId": "0303030303030303",
            "traceId": "04040404040404040404040404040404",
        }],
        "flags": 1,
    });
    let mut first = written[0]["sum"]["dataPoints"][0].clone();
    first.as_object_mut().unwrap().retain(|key, _| !key.ends_with("UnixNano"));
    assert_eq!(first, point);
    assert_eq!(written[0]["sum"]["aggregationTemporality"], 2);
    assert_eq!(written[0]["sum"]["isMonotonic"], true);
    let doubles: Vec<_> = written[1]["gauge"]["dataPoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| point["asDouble"].clone())
        .collect();
    assert_eq!(doubles, [json!("NaN"), json!("Infinity"), json!("-Infinity"), json!(1e300)]);
}

/// Histograms of both kinds and summaries: packed numbers, negative offsets.
#[test]
fn distributions_are_written_as_specified() {
    let histogram = HistogramDataPoint {
        count: 3,
        sum: Some(4.5),
        bucket_counts: vec![1, 2],
        explicit_bounds: vec![0.5],
        min: Some(-1.0),
        ..HistogramDataPoint::default()
    };
    let buckets = exponential_histogram_data_point::Buckets { offset: -3, bucket_counts: vec![300, 1] };
    let exponential = ExponentialHistogramDataPoint {
        scale: -2,
        zero_count: 9,
        positive: Some(buckets),
        zero_threshold: 0.25,
        ..ExponentialHistogramDataPoint::default()
    };
    let quantile = summary_data_point::ValueAtQuantile { quantile: 0.5, value: 10.0 };
    let summary =
        SummaryDataPoint { count: 1, quantile_values: vec![quantile], ..SummaryDataPoint::default() };
    let written = metrics(vec![
        metric(
            "h",
            metric::Data::Histogram(Histogram { data_points: vec![histogram], aggregation_temporality: 1 }),
        ),
        metric(
            "e",
            metric::Data::ExponentialHistogram(ExponentialHistogram {
                data_points: vec![exponential],
                aggregation_temporality: 2,
            }),
        ),
        metric("s", metric::Data::Summary(Summary { data_points: vec![summary] })),
    ]);
    let histogram = &written[0]["histogram"]["dataPoints"][0];
    assert_eq!(histogram["bucketCounts"], json!(["1", "2"]));
    assert_eq!(histogram["explicitBounds"], json!([0.5]));
    assert_eq!(
        [&histogram["count"], &histogram["sum"], &histogram["min"]],
        [&json!("3"), &json!(4.5), &json!(-1.0)]
    );
    let exponential = &written[1]["exponentialHistogram"]["dataPoints"][0];
    assert_eq!(exponential["scale"], -2);
    assert_eq!(exponential["zeroCount"], "9");
    assert_eq!(exponential["positive"], json!({"offset": -3, "bucketCounts": ["300", "1"]}));
    assert_eq!(exponential["zeroThreshold"], 0.25);
    let summary = &written[2]["summary"]["dataPoints"][0];
    assert_eq!(summary["quantileValues"], json!([{"quantile": 0.5, "value": 10.0}]));
}

/// Fields of the future are left out; so are fields whose type is not what it should be.
#[test]
fn unknown_fields_are_left_out() {
    // Field 99 and field 1 as numbers, then an empty field 1.
    let bytes = [0x98, 0x06, 0x01, 0x08, 0x01, 0x0a, 0x00];
    assert_eq!(encode(Signal::Traces, &bytes).unwrap(), br#"{"resourceSpans":[{}]}"#);
    assert_eq!(encode(Signal::Traces, &[]).unwrap(), b"{}");
}

/// Values that nest without end are refused, not followed.
#[test]
fn nesting_is_bounded() {
    let mut list = AnyValue::default();
    for _ in 0..200 {
        list = value(any_value::Value::ArrayValue(ArrayValue { values: vec![list] }));
    }
    let scope = ScopeLogs {
        log_records: vec![LogRecord { body: Some(list), ..LogRecord::default() }],
        ..ScopeLogs::default()
    };
    let resource = ResourceLogs { scope_logs: vec![scope], ..ResourceLogs::default() };
    let bytes = ExportLogsServiceRequest { resource_logs: vec![resource] }.encode_to_vec();
    assert_eq!(encode(Signal::Logs, &bytes), Err(WireError::Depth));
}

proptest! {
    /// Arbitrary bytes give an error or JSON, never a panic.
    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for signal in Signal::ALL {
            if let Ok(line) = encode(signal, &bytes) {
                serde_json::from_slice::<Value>(&line).unwrap();
            }
        }
    }
}
