use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use prost::Message as _;

use super::*;

fn value(value: Any) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn attribute(key: &str, any: Any) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(value(any)), ..KeyValue::default() }
}

fn text(key: &str, secret: &str) -> KeyValue {
    attribute(key, Any::StringValue(secret.to_owned()))
}

/// A secret of every type at every place that has attributes, beside one that is none.
fn request() -> ExportTraceServiceRequest {
    let list = ArrayValue { values: vec![value(Any::StringValue("SECRET".into())), value(Any::IntValue(7))] };
    let map = KeyValueList { values: vec![text("user", "SECRET"), text("open", "plain")] };
    let attributes = vec![
        text("user", "SECRET"),
        text("open", "plain"),
        attribute("list", Any::ArrayValue(list)),
        attribute("map", Any::KvlistValue(map)),
        attribute("flag", Any::BoolValue(true)),
        attribute("number", Any::IntValue(-7)),
        attribute("share", Any::DoubleValue(0.5)),
        attribute("raw", Any::BytesValue(b"SECRET".to_vec())),
    ];
    let span = Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        trace_state: "a=b".into(),
        name: "GET /".into(),
        kind: 2,
        start_time_unix_nano: 5,
        end_time_unix_nano: 6,
        attributes: attributes.clone(),
        dropped_attributes_count: 3,
        events: vec![Event {
            time_unix_nano: 5,
            name: "e".into(),
            attributes: attributes.clone(),
            ..Event::default()
        }],
        links: vec![Link {
            trace_id: vec![3; 16],
            attributes: attributes.clone(),
            flags: 1,
            ..Link::default()
        }],
        status: Some(Status { message: "SECRET".into(), code: 2 }),
        flags: 257,
        ..Span::default()
    };
    let scope = InstrumentationScope {
        name: "scope".into(),
        attributes: attributes.clone(),
        ..InstrumentationScope::default()
    };
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans: vec![span], schema_url: "s".into() }];
    let resource = Some(Resource { attributes, ..Resource::default() });
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { resource, scope_spans, schema_url: "r".into() }],
    }
}

fn set(keys: &[&str]) -> BTreeSet<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

fn redacted(redaction: &Redaction) -> (Vec<u8>, ExportTraceServiceRequest) {
    let bytes = redaction.apply(&request().encode_to_vec()).unwrap();
    let decoded = ExportTraceServiceRequest::decode(&bytes[..]).unwrap();
    (bytes, decoded)
}

fn contains(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

/// Guarantees: no value of any attribute is left, wherever it lies and whatever its type; keys, types, names, ids and times are.
#[test]
fn all_attributes_lose_their_values() {
    let (bytes, decoded) = redacted(&Redaction::AllBut(BTreeSet::new()));
    assert!(!contains(&bytes, "SECRET") && !contains(&bytes, "plain"), "{decoded:?}");
    let span = &decoded.resource_spans[0].scope_spans[0].spans[0];
    let before = &request().resource_spans[0].scope_spans[0].spans[0];
    let expected = |key: &str| -> Any {
        match key {
            "list" => {
                let values = vec![value(Any::StringValue("[REDACTED]".into())), value(Any::IntValue(0))];
                Any::ArrayValue(ArrayValue { values })
            }
            "map" => Any::KvlistValue(KeyValueList {
                values: vec![text("user", "[REDACTED]"), text("open", "[REDACTED]")],
            }),
            "flag" => Any::BoolValue(false),
            "number" => Any::IntValue(0),
            "share" => Any::DoubleValue(0.0),
            "raw" => Any::BytesValue(Vec::new()),
            _ => Any::StringValue("[REDACTED]".into()),
        }
    };
    let wanted: Vec<KeyValue> =
        before.attributes.iter().map(|a| attribute(&a.key, expected(&a.key))).collect();
    let resource = &decoded.resource_spans[0];
    for found in [
        &span.attributes,
        &span.events[0].attributes,
        &span.links[0].attributes,
        &resource.resource.as_ref().unwrap().attributes,
        &resource.scope_spans[0].scope.as_ref().unwrap().attributes,
    ] {
        assert_eq!(found, &wanted);
    }
    let mut rest = span.clone();
    rest.attributes.clone_from(&before.attributes);
    rest.events.clone_from(&before.events);
    rest.links.clone_from(&before.links);
    rest.status.clone_from(&before.status);
    assert_eq!(&rest, before);
    assert_eq!(span.status, Some(Status { message: "[REDACTED]".into(), code: 2 }));
}

/// Guarantees: what is to be kept is, and nothing else.
#[test]
fn some_keys_can_be_kept() {
    let (bytes, _) = redacted(&Redaction::AllBut(set(&["open", "status.message"])));
    assert!(contains(&bytes, "plain"));
    let only = |bytes: &[u8]| bytes.windows(6).filter(|window| *window == b"SECRET").count();
    assert_eq!(only(&bytes), 1, "the message of the status");
}

/// Guarantees: only the keys that are named lose their values, inside of maps as well.
#[test]
fn keys_lose_their_values() {
    let (bytes, decoded) = redacted(&Redaction::Keys(set(&["user", "status.message", "raw", "list"])));
    assert!(!contains(&bytes, "SECRET"), "{decoded:?}");
    assert!(contains(&bytes, "plain"));
    let span = &decoded.resource_spans[0].scope_spans[0].spans[0];
    assert_eq!(span.attributes[5], attribute("number", Any::IntValue(-7)));
}

/// Guarantees: without a redaction every byte stays.
#[test]
fn nothing_is_changed_unless_asked() {
    let bytes = request().encode_to_vec();
    assert_eq!(Redaction::Nothing.apply(&bytes).unwrap(), bytes);
    // No attribute has this key.
    let decoded = redacted(&Redaction::Keys(set(&["other"]))).1;
    assert_eq!(decoded, request());
}

/// Guarantees: a field of the future, and a second key, are no way around.
#[test]
fn what_is_not_known_is_left_out() {
    let mut span = vec![0x0a, 16];
    span.extend_from_slice(&[1; 16]);
    // Field 100 of the span, with a text.
    span.extend_from_slice(&[0xa2, 0x06, 6]);
    span.extend_from_slice(b"SECRET");
    // An attribute with the keys `user` and `open`, its value first, which has field 99 beside its text.
    let mut attribute = vec![0x12, 17, 0x0a, 6];
    attribute.extend_from_slice(b"SECRET");
    attribute.extend_from_slice(&[0x9a, 0x06, 6]);
    attribute.extend_from_slice(b"SECRET");
    attribute.extend_from_slice(b"\x0a\x04user\x0a\x04open");
    put_bytes(&mut span, 9, &attribute);
    let mut request = Vec::new();
    nested(&mut request, 1, |out| {
        nested(out, 2, |out| {
            nested(out, 2, |out| {
                out.extend_from_slice(&span);
                Ok(())
            })
        })
    })
    .unwrap();
    for redaction in [Redaction::Keys(set(&["user"])), Redaction::AllBut(set(&["open"]))] {
        let redacted = redaction.apply(&request).unwrap();
        assert!(!contains(&redacted, "SECRET"), "{redaction:?}");
        ExportTraceServiceRequest::decode(&redacted[..]).unwrap();
    }
}
