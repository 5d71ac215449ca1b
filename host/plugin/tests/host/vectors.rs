//! The embedded keys, as WebAssembly, against keys that the Collector printed.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Metric, NumberDataPoint, Sum, Summary,
    SummaryDataPoint, metric,
};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use serde_json::Value as Json;
use sluice_otlp::{Payload, Signal};

use crate::fixture::{Fixture, patient};
use crate::requests::{attribute, payload, resource, resource_metrics};

const TRACE_ID: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

fn attributes(map: &Json) -> Vec<KeyValue> {
    let value = |value: &Json| match value {
        Json::String(text) => any_value::Value::StringValue(text.clone()),
        Json::Number(number) => any_value::Value::IntValue(number.as_i64().unwrap()),
        other => panic!("no vector of these keys has {other}"),
    };
    map.as_object().into_iter().flatten().map(|(key, json)| attribute(key, value(json))).collect()
}

fn scope(input: &Json) -> Option<InstrumentationScope> {
    let metric = &input["extra"]["metric"];
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    Some(InstrumentationScope {
        name: text(&metric["scope_name"]),
        version: text(&metric["scope_version"]),
        attributes: attributes(&input["scope"]),
        ..InstrumentationScope::default()
    })
}

fn request(signal: Signal, input: &Json) -> Payload {
    let resource = resource(attributes(&input["resource"]));
    let (scope, item, trace_id) = (scope(input), attributes(&input["item"]), TRACE_ID.to_vec());
    match signal {
        Signal::Traces => {
            let spans = vec![Span { trace_id, attributes: item, ..Span::default() }];
            let scope_spans = vec![ScopeSpans { scope, spans, ..ScopeSpans::default() }];
            let resource_spans = vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }];
            payload(signal, &ExportTraceServiceRequest { resource_spans })
        }
        Signal::Logs => {
            let log_records = vec![LogRecord { trace_id, attributes: item, ..LogRecord::default() }];
            let scope_logs = vec![ScopeLogs { scope, log_records, ..ScopeLogs::default() }];
            let resource_logs = vec![ResourceLogs { resource, scope_logs, ..ResourceLogs::default() }];
            payload(signal, &ExportLogsServiceRequest { resource_logs })
        }
        Signal::Metrics => {
            let metric = to_metric(&input["extra"]["metric"], item);
            let resource_metrics = vec![resource_metrics(resource, scope, metric)];
            payload(signal, &ExportMetricsServiceRequest { resource_metrics })
        }
    }
}

fn to_metric(input: &Json, attributes: Vec<KeyValue>) -> Metric {
    let aggregation_temporality = i32::try_from(input["aggregation_temporality"].as_i64().unwrap()).unwrap();
    let number = || vec![NumberDataPoint { attributes: attributes.clone(), ..NumberDataPoint::default() }];
    let data = match input["type"].as_str().unwrap() {
        "gauge" => metric::Data::Gauge(Gauge { data_points: number() }),
        "sum" => {
            let is_monotonic = input["is_monotonic"].as_bool().unwrap();
            metric::Data::Sum(Sum { data_points: number(), aggregation_temporality, is_monotonic })
        }
        "exponential_histogram" => {
            let point =
                ExponentialHistogramDataPoint { attributes, ..ExponentialHistogramDataPoint::default() };
            metric::Data::ExponentialHistogram(ExponentialHistogram {
                data_points: vec![point],
                aggregation_temporality,
            })
        }
        "summary" => {
            let point = SummaryDataPoint { attributes, ..SummaryDataPoint::default() };
            metric::Data::Summary(Summary { data_points: vec![point] })
        }
        other => panic!("no vector of these keys is a {other}"),
    };
    let text = |key: &str| input[key].as_str().unwrap().to_owned();
    Metric { name: text("name"), unit: text("unit"), data: Some(data), ..Metric::default() }
}

fn signal(name: &str) -> Signal {
    Signal::ALL.into_iter().find(|signal| signal.as_str() == name).unwrap()
}

fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Guarantees: the bytes that go onto the ring are the Collector's, through WebAssembly and all, so that
/// both can share a tier.
#[test]
fn keys_are_the_collectors() {
    let file: Json = serde_json::from_str(include_str!("../data/key_vectors.json")).unwrap();
    let fixture = Fixture::new(patient(), &[]);
    for vector in file["vectors"].as_array().unwrap() {
        let signal = signal(vector["signal"].as_str().unwrap());
        let key = fixture.key(vector["routing_key"].as_str().unwrap(), signal);
        let keys = key.keys(&request(signal, &vector["input"]), 1);
        let expected = vector["keys"][0].as_str().map(|text| match vector["encoding"].as_str() {
            Some("hex") => from_hex(text),
            _ => text.as_bytes().to_vec(),
        });
        assert_eq!(keys.key(0), expected.as_deref(), "{vector}");
    }
}
