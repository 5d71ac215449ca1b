//! Cases that an encoder never makes, or that are worth a name.

use std::slice::from_ref;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use sluice_otlp::columns::{Extracted, Field, Intrinsic, Plan, Rows, Table, ValueType};
use sluice_otlp::{Payload, Request, RequestMetadata, Signal};

use crate::read::{Cell, Read, columns};

/// A length-delimited field, as it lies on the wire.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, content.len() as u8], content].concat()
}

fn string(key: &str, text: &str) -> KeyValue {
    let value = AnyValue { value: Some(Value::StringValue(text.to_owned())) };
    KeyValue { key: key.to_owned(), value: Some(value), ..KeyValue::default() }
}

fn resource(attributes: &[KeyValue]) -> Vec<u8> {
    Resource { attributes: attributes.to_vec(), ..Resource::default() }.encode_to_vec()
}

/// The body of a request of one scope with these spans, in a resource with these fields.
fn body(resource_fields: &[u8], spans: &[Vec<u8>]) -> Vec<u8> {
    let scope: Vec<u8> = spans.iter().flat_map(|span| field(2, span)).collect();
    field(1, &[resource_fields, &field(2, &scope)].concat())
}

fn payload(signal: Signal, body: Vec<u8>) -> Payload {
    Payload::bare(Request::scan(signal, body.into()).unwrap())
}

fn extract(payload: &Payload, fields: &[Field]) -> Extracted {
    let plan = Plan::new(payload.signal(), Table::Items, fields.to_vec()).unwrap();
    let all = 0..payload.items() as u32;
    plan.extract(payload, from_ref(&all), 0)
}

fn rows(extracted: &Extracted, table: Table) -> &Rows {
    extracted.batch.tables.iter().find(|rows| rows.table == table).unwrap()
}

/// The only row of the only column asked of a table.
fn only(body: Vec<u8>, wanted: Field) -> Read {
    let table = wanted.table();
    let extracted = extract(&payload(Signal::Traces, body), &[wanted]);
    columns(rows(&extracted, table))[0][0].clone()
}

fn attribute(table: Table, key: &str, value_type: ValueType) -> Field {
    Field::Attribute(table, key.to_owned(), value_type)
}

/// Of a field that occurs twice the last counts, as in every protobuf decoder.
#[test]
fn of_a_singular_field_the_last_occurrence_counts() {
    let twice = [field(5, b"first"), field(5, b"last")].concat();
    let read = only(body(&[], &[twice]), Field::Intrinsic(Table::Items, Intrinsic::Name));
    assert_eq!(read, (Cell::text("last"), true));
}

/// Of an attribute key that occurs twice the first counts, as with the Collector's getters.
#[test]
fn of_an_attribute_the_first_occurrence_counts() {
    let resource = field(1, &resource(&[string("k", "first"), string("k", "last")]));
    let read = only(body(&resource, &[vec![]]), attribute(Table::Resources, "k", ValueType::Text));
    assert_eq!(read, (Cell::text("first"), true));
}

/// A resource that occurs twice is one, with the attributes of both.
#[test]
fn a_resource_in_two_pieces_is_one() {
    let pieces =
        [field(1, &resource(&[string("a", "1")])), field(1, &resource(&[string("b", "2")]))].concat();
    for (key, text) in [("a", "1"), ("b", "2")] {
        let read = only(body(&pieces, &[vec![]]), attribute(Table::Resources, key, ValueType::Text));
        assert_eq!(read, (Cell::text(text), true));
    }
    let both = [field(1, &string("a", "1").encode_to_vec()), field(1, &string("b", "2").encode_to_vec())];
    let read = only(body(&pieces, &[vec![]]), Field::Attributes(Table::Resources));
    assert_eq!(read, (Cell::Bytes(both.concat()), true));
}

/// The resource may stand behind the scopes, and be found all the same.
#[test]
fn fields_of_a_header_may_stand_behind_the_children() {
    let scope = field(2, &field(2, &[]));
    let resource = field(1, &resource(&[string("k", "v")]));
    let body = field(1, &[scope, field(3, b"url"), resource].concat());
    let read = only(body.clone(), attribute(Table::Resources, "k", ValueType::Text));
    assert_eq!(read, (Cell::text("v"), true));
    let read = only(body, Field::Intrinsic(Table::Resources, Intrinsic::SchemaUrl));
    assert_eq!(read, (Cell::text("url"), true));
}

/// A `KeyValue` whose key or value stands there twice, or in the other order, reads as a decoder reads it.
#[test]
fn odd_key_values_read_as_a_decoder_reads_them() {
    let text = |text: &[u8]| field(2, &field(1, text));
    let pairs = [
        [text(b"v"), field(1, b"k")].concat(),
        [field(1, b"x"), text(b"v"), field(1, b"k")].concat(),
        [field(1, b"k"), text(b"u"), text(b"v")].concat(),
        // The second value has nothing in it: merged, the first stays.
        [field(1, b"k"), text(b"v"), field(2, &[])].concat(),
    ];
    for pair in pairs {
        let decoded = KeyValue::decode(&pair[..]).unwrap();
        assert_eq!(decoded, string("k", "v"));
        let span = field(9, &pair);
        let read = only(body(&[], from_ref(&span)), attribute(Table::Items, "k", ValueType::Text));
        assert_eq!(read, (Cell::text("v"), true), "{pair:?}");
        let (any, present) = only(body(&[], from_ref(&span)), attribute(Table::Items, "k", ValueType::Any));
        let Cell::Bytes(any) = any else { panic!("{any:?}") };
        assert_eq!(AnyValue::decode(&any[..]).unwrap(), decoded.value.unwrap(), "{pair:?}");
        assert!(present);
    }
}

/// Of an `AnyValue` that holds two things the last counts, be it one that no typed field reads.
#[test]
fn of_a_value_of_two_kinds_the_last_counts() {
    let value = [field(1, b"text"), field(7, b"bytes")].concat();
    let pair = [field(1, b"k"), field(2, &value)].concat();
    let read = only(body(&[], &[field(9, &pair)]), attribute(Table::Items, "k", ValueType::Text));
    assert_eq!(read, (Cell::text(""), true));
}

/// Text that is not UTF-8 comes as it was sent: replacing bytes would make one key of two.
#[test]
fn text_that_is_not_utf8_comes_as_sent() {
    let pair = [field(1, b"k"), field(2, &field(1, &[0xff, 0xfe]))].concat();
    let read = only(body(&[], &[field(9, &pair)]), attribute(Table::Items, "k", ValueType::Text));
    assert_eq!(read, (Cell::Bytes(vec![0xff, 0xfe]), true));
}

/// Fields of the future, in numbers that no layout has and in groups, are passed over.
#[test]
fn unknown_fields_are_passed_over() {
    let group = [0x83, 0x10, 0x84, 0x10];
    let future = [0xfa, 0x3f, 2, 9, 9];
    let name = field(5, b"name");
    let span = [&group[..], &future, &name, &group].concat();
    let read = only(body(&[], from_ref(&span)), Field::Intrinsic(Table::Items, Intrinsic::Name));
    assert_eq!(read, (Cell::text("name"), true));
}

/// Of a metric with two kinds of data the last counts, and only its points are there.
#[test]
fn of_two_kinds_of_data_the_last_counts() {
    let point = field(1, &[0x31, 7, 0, 0, 0, 0, 0, 0, 0]);
    let gauge = field(5, &point);
    let sum = field(7, &[point.clone(), point, vec![0x10, 2, 0x18, 1]].concat());
    let metric = [field(1, b"m"), gauge, sum].concat();
    let body = field(1, &field(2, &field(2, &metric)));
    let fields = [Intrinsic::Type, Intrinsic::Temporality, Intrinsic::Monotonic]
        .map(|field| Field::Intrinsic(Table::Items, field))
        .into_iter()
        .chain([Field::Intrinsic(Table::Points, Intrinsic::Value)]);
    let extracted = extract(&payload(Signal::Metrics, body), &fields.collect::<Vec<_>>());
    let items = columns(rows(&extracted, Table::Items));
    assert_eq!(items, [2, 2, 1].map(|number| vec![(Cell::U8(number), true)]));
    let values = columns(rows(&extracted, Table::Points));
    assert_eq!(values[0], [(Cell::F64(7.0), true), (Cell::F64(7.0), true)]);
}

/// A merged payload has a row for each request, with its headers and its connection; a header that was
/// sent twice is joined by a comma, one that was not sent is not present.
#[test]
fn each_request_of_a_merged_payload_is_a_row() {
    let entry = |span: &[u8]| body(&[], &[span.to_vec()]);
    let spans = [b"x", b"y", b"z"].map(|name| entry(&field(5, name)));
    let request = |tenants: &[&'static str], connection: u64, resources: u32| {
        let mut headers = HeaderMap::new();
        for tenant in tenants {
            headers.append("x-tenant", HeaderValue::from_static(tenant));
        }
        RequestMetadata { headers: Arc::new(headers), connection, resources }
    };
    let metadata = [request(&["a", "b"], 1, 1), request(&["unseen"], 9, 0), request(&[], 2, 2)];
    let payload = Payload {
        request: Request::scan(Signal::Traces, Bytes::from(spans.concat())).unwrap(),
        metadata: Arc::new(metadata),
        deadline: None,
    };
    let extracted = extract(&payload, &[Field::Metadata("x-tenant".to_owned()), Field::Connection]);
    let requests = columns(rows(&extracted, Table::Requests));
    assert_eq!(requests[0], [(Cell::text("a,b"), true), (Cell::text(""), false)]);
    assert_eq!(requests[1], [(Cell::U64(1), true), (Cell::U64(2), true)]);
    assert_eq!(rows(&extracted, Table::Resources).parent, [0, 1, 1]);
}

/// Without a selected leaf all tables are there, and empty; leaves that do not exist are not selected.
#[test]
fn nothing_selected_gives_empty_tables() {
    let payload = payload(Signal::Traces, body(&[], &[Span::default().encode_to_vec()]));
    let fields = vec![
        Field::Intrinsic(Table::Traces, Intrinsic::TraceId),
        Field::Intrinsic(Table::Items, Intrinsic::Name),
    ];
    let plan = Plan::new(Signal::Traces, Table::Groups, fields).unwrap();
    for leaves in [vec![], vec![0..0, 7..9]] {
        let extracted = plan.extract(&payload, &leaves, 0);
        assert!(extracted.row_of_leaf.is_empty());
        assert!(extracted.batch.tables.iter().all(|rows| rows.count == 0));
        extracted.batch.tables.iter().for_each(|rows| drop(columns(rows)));
    }
}

/// What is asked for twice comes twice.
#[test]
fn a_field_asked_for_twice_comes_twice() {
    let span = Span { name: "n".to_owned(), attributes: vec![string("k", "v")], ..Span::default() };
    let name = Field::Intrinsic(Table::Items, Intrinsic::Name);
    let fields = [name.clone(), Field::Attributes(Table::Items), name, Field::Attributes(Table::Items)];
    let extracted = extract(&payload(Signal::Traces, body(&[], &[span.encode_to_vec()])), &fields);
    let items = columns(rows(&extracted, Table::Items));
    assert_eq!(items[0], items[2]);
    assert_eq!(items[1], items[3]);
}
