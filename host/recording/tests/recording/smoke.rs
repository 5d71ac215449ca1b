//! A short run of the fuzz target.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;
use sluice_otlp::Signal;
use sluice_recording::frame;

use crate::checks::{read_bytes, redact_bytes};

fn value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        "[a-c]{0,3}".prop_map(Value::StringValue),
        any::<bool>().prop_map(Value::BoolValue),
        any::<i64>().prop_map(Value::IntValue),
        any::<f64>().prop_filter("equal to itself", |number| !number.is_nan()).prop_map(Value::DoubleValue),
        vec(any::<u8>(), 0..4).prop_map(Value::BytesValue),
    ];
    let tree = leaf.prop_recursive(4, 16, 3, |inner| {
        let any = inner.prop_map(|value| AnyValue { value: Some(value) });
        let member = ("[a-c]?", any.clone()).prop_map(|(key, value)| KeyValue {
            key,
            value: Some(value),
            ..KeyValue::default()
        });
        prop_oneof![
            vec(any, 0..3).prop_map(|values| Value::ArrayValue(ArrayValue { values })),
            vec(member, 0..3).prop_map(|values| Value::KvlistValue(KeyValueList { values })),
        ]
    });
    prop::option::of(tree).prop_map(|value| AnyValue { value })
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    let attribute = ("[a-c]?", value()).prop_map(|(key, value)| KeyValue {
        key,
        value: Some(value),
        ..KeyValue::default()
    });
    vec(attribute, 0..4)
}

fn request() -> impl Strategy<Value = Vec<u8>> {
    (attributes(), attributes()).prop_map(|(first, second)| {
        let span = Span { trace_id: vec![1; 16], attributes: first, ..Span::default() };
        let scope_spans = vec![ScopeSpans { spans: vec![span], ..ScopeSpans::default() }];
        let resource = Some(Resource { attributes: second, ..Resource::default() });
        let resource_spans = vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }];
        ExportTraceServiceRequest { resource_spans }.encode_to_vec()
    })
}

proptest! {
    /// Any bytes are read or refused.
    #[test]
    fn any_bytes_do_no_harm(bytes in vec(any::<u8>(), 0..200)) {
        read_bytes(&bytes);
        redact_bytes(&bytes);
    }

    /// Any request is redacted to a request.
    #[test]
    fn requests_stay_requests(body in request()) {
        redact_bytes(&body);
        read_bytes(&frame(&body).expect("short"));
        let mut text = sluice_json::encode(Signal::Traces, &body).expect("JSON");
        text.push(b'\n');
        read_bytes(&text);
    }

    /// A file with a byte changed is read or refused.
    #[test]
    fn a_changed_byte_does_no_harm(body in request(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut record = frame(&body).expect("short").to_vec();
        let at = at.index(record.len());
        record[at] = byte;
        read_bytes(&record);
    }
}
