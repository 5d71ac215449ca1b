use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;

use super::schema::Type;
use super::*;
use crate::wire::{WireError, put_varint};
use crate::{Extent, Leaf};

/// A field of wire type 2.
fn bytes(number: u32, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, u64::from(number) << 3 | 2);
    put_varint(&mut out, content.len() as u64);
    out.extend_from_slice(content);
    out
}

/// A field of wire type 0.
fn varint(number: u32, value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, u64::from(number) << 3);
    put_varint(&mut out, value);
    out
}

/// A request with one resource and one scope around an item.
fn request(item: &[u8]) -> Vec<u8> {
    bytes(1, &bytes(2, &bytes(2, item)))
}

fn refused(signal: Signal, body: &[u8]) -> (String, ScanErrorKind) {
    let error = Index::scan(signal, body).unwrap_err();
    (error.path, error.kind)
}

/// The index says where each message and each header lies.
#[test]
fn rows_are_where_the_messages_are() {
    let span = bytes(2, &bytes(1, &[7; 16]));
    let scope = [bytes(1, b""), span.clone(), bytes(3, b"url"), span.clone()].concat();
    let resource = [bytes(1, b""), bytes(2, &scope), bytes(3, b"url"), bytes(900, b"future")].concat();
    let body = [bytes(900, b"future"), bytes(1, &resource), bytes(1, b"")].concat();
    let index = Index::scan(Signal::Traces, &body).unwrap();

    assert_eq!(index.unknown, [Extent { start: 0, end: 9 }]);
    let [first, empty] = index.resources[..] else { panic!("two resources") };
    assert_eq!((first.start, first.content), (9, 11));
    assert_eq!(first.end as usize + 2, body.len());
    assert_eq!((first.children_start, first.children_end), (0, 1));
    assert_eq!((empty.children_start, empty.children_end), (1, 1));
    let text = |extents: &[Extent]| -> Vec<u8> {
        extents.iter().flat_map(|extent| &body[extent.start as usize..extent.end as usize]).copied().collect()
    };
    let around_resource = [bytes(1, b""), bytes(3, b"url"), bytes(900, b"future")].concat();
    assert_eq!(text(index.header(first.header)), around_resource);
    assert_eq!(first.header.bytes as usize, around_resource.len());
    let around_spans = [bytes(1, b""), bytes(3, b"url")].concat();
    assert_eq!(text(index.header(index.scopes[0].header)), around_spans);
    for leaf in &index.leaves {
        assert_eq!(body[leaf.start as usize..leaf.end as usize], span);
        assert_eq!(body[leaf.trace_id as usize..][..16], [7; 16]);
    }
    assert_eq!(index.leaves_of_resource(&first), 0..2);
    assert!(index.leaves_of_resource(&empty).is_empty());
}

/// A request without anything in it is fine, for every signal.
#[test]
fn nothing_is_a_request() {
    for signal in Signal::ALL {
        assert_eq!(Index::scan(signal, &[]), Ok(Index::empty(signal)));
    }
}

/// As for a decoder, the last trace id of a span counts, even where it is empty.
#[test]
fn the_last_trace_id_counts() {
    let twice = request(&[bytes(1, &[1; 16]), bytes(1, &[2; 16])].concat());
    let leaf = Index::scan(Signal::Traces, &twice).unwrap().leaves[0];
    assert_eq!(twice[leaf.trace_id as usize..][..16], [2; 16]);

    let taken_back = request(&[bytes(1, &[1; 16]), bytes(1, &[])].concat());
    assert_eq!(Index::scan(Signal::Traces, &taken_back).unwrap().leaves[0].trace_id, Leaf::NO_ID);
}

/// The trace id of a link is not that of its span.
#[test]
fn a_links_trace_id_is_not_the_spans() {
    let body = request(&bytes(13, &bytes(1, &[1; 16])));
    assert_eq!(Index::scan(Signal::Traces, &body).unwrap().leaves[0].trace_id, Leaf::NO_ID);
}

/// Ids are absent or whole, wherever they are, and the error says where one is not.
#[test]
fn ids_of_other_lengths_are_refused() {
    use ScanErrorKind::{SpanId, TraceId};
    let spans = "resource_spans[0].scope_spans[0].spans[0]";
    let logs = "resource_logs[0].scope_logs[0].log_records[0]";
    let points = "resource_metrics[0].scope_metrics[0].metrics[0].gauge.data_points[0]";
    let point = |exemplar: &[u8]| bytes(5, &bytes(1, &bytes(5, exemplar)));
    let cases = [
        (Signal::Traces, bytes(1, &[0; 15]), format!("{spans}.trace_id"), TraceId(15)),
        (Signal::Traces, bytes(2, &[0; 16]), format!("{spans}.span_id"), SpanId(16)),
        (Signal::Traces, bytes(4, &[0; 1]), format!("{spans}.parent_span_id"), SpanId(1)),
        (Signal::Traces, bytes(13, &bytes(1, &[0; 8])), format!("{spans}.links[0].trace_id"), TraceId(8)),
        (Signal::Traces, bytes(13, &bytes(2, &[0; 9])), format!("{spans}.links[0].span_id"), SpanId(9)),
        (Signal::Logs, bytes(9, &[0; 17]), format!("{logs}.trace_id"), TraceId(17)),
        (Signal::Logs, bytes(10, &[0; 7]), format!("{logs}.span_id"), SpanId(7)),
        (Signal::Metrics, point(&bytes(5, &[0; 3])), format!("{points}.exemplars[0].trace_id"), TraceId(3)),
        (Signal::Metrics, point(&bytes(4, &[0; 3])), format!("{points}.exemplars[0].span_id"), SpanId(3)),
    ];
    for (signal, item, path, kind) in cases {
        assert_eq!(refused(signal, &request(&item)), (path, kind));
    }
}

/// The words of an error name the byte, the way to it, and the reason.
#[test]
fn errors_say_where() {
    let scope = [bytes(2, b""), bytes(2, &bytes(1, &[1; 16])), bytes(2, &bytes(1, &[1; 3]))].concat();
    let resource = [bytes(2, b""), bytes(2, &scope)].concat();
    let body = [bytes(1, b""), bytes(77, b"?"), bytes(1, &resource)].concat();
    let error = Index::scan(Signal::Traces, &body).unwrap_err();
    assert_eq!(
        error.to_string(),
        "malformed OTLP at byte 36 (resource_spans[1].scope_spans[1].spans[2].trace_id): \
         a trace id has 3 bytes, not 16"
    );
    let unknown = [bytes(1, b""), vec![0x93, 0x03]].concat();
    assert_eq!(refused(Signal::Logs, &unknown), ("field 50".to_owned(), WireError::Truncated.into()));
}

/// Known fields have the wire type of the schema; a decoder would refuse others, too.
#[test]
fn other_wire_types_are_refused() {
    let path = |field: &str| format!("resource_spans[0].scope_spans[0].spans[0].{field}");
    let name = request(&varint(5, 1));
    assert_eq!(refused(Signal::Traces, &name), (path("name"), ScanErrorKind::WireType(0)));
    let flags = request(&varint(16, 1));
    assert_eq!(refused(Signal::Traces, &flags), (path("flags"), ScanErrorKind::WireType(0)));
    let resource = varint(1, 1);
    assert_eq!(
        refused(Signal::Traces, &resource),
        ("resource_spans[0]".to_owned(), ScanErrorKind::WireType(0))
    );
}

/// A tag may be longer than it need be, as decoders allow.
#[test]
fn long_tags_are_read() {
    let body = request(&[&[0x8a, 0x80, 0x00, 16][..], &[3; 16]].concat());
    let leaf = Index::scan(Signal::Traces, &body).unwrap().leaves[0];
    assert_eq!(body[leaf.trace_id as usize..][..16], [3; 16]);
}

/// Fields that OTLP once had are passed over like those that it does not have yet.
#[test]
fn removed_fields_are_passed_over() {
    let instrumentation_library_spans = bytes(1, &bytes(1000, &bytes(2, &bytes(1, b"short"))));
    let index = Index::scan(Signal::Traces, &instrumentation_library_spans).unwrap();
    assert!(index.leaves.is_empty());
    let int_gauge = request(&bytes(4, &bytes(1, b"")));
    let index = Index::scan(Signal::Metrics, &int_gauge).unwrap();
    assert!(index.leaves.is_empty());
    assert_eq!(index.data[0].field, 0);
}

/// Repeated numbers may be packed or not; packed ones fill their field.
#[test]
fn packed_numbers_are_whole() {
    let histogram = |point: &[u8]| request(&bytes(9, &bytes(1, point)));
    let unpacked = [&[0x31][..], &[0; 8]].concat();
    assert!(Index::scan(Signal::Metrics, &histogram(&unpacked)).is_ok());
    assert!(Index::scan(Signal::Metrics, &histogram(&bytes(6, &[0; 16]))).is_ok());
    let (path, kind) = refused(Signal::Metrics, &histogram(&bytes(7, &[0; 15])));
    assert!(path.ends_with("histogram.data_points[0].explicit_bounds"), "{path}");
    assert_eq!(kind, ScanErrorKind::Packed);

    let exponential = |counts: &[u8]| request(&bytes(10, &bytes(1, &bytes(8, &bytes(2, counts)))));
    assert!(Index::scan(Signal::Metrics, &exponential(&[1, 0x80, 1])).is_ok());
    let (path, kind) = refused(Signal::Metrics, &exponential(&[1, 0x80]));
    assert!(path.ends_with("positive.bucket_counts"), "{path}");
    assert_eq!(kind, ScanErrorKind::Packed);
}

/// Data of the same kind is merged; data of another kind supersedes it, and its points count no more.
#[test]
fn the_last_kind_of_data_counts() {
    let points = |count: usize| bytes(1, b"").repeat(count);
    let [gauge, sum] = [5, 7];
    let merged = request(&[bytes(sum, &points(1)), bytes(sum, &[varint(2, 1), points(2)].concat())].concat());
    let index = Index::scan(Signal::Metrics, &merged).unwrap();
    assert_eq!(index.leaves.len(), 3);
    assert_eq!((index.data[0].field, index.data[0].header.bytes), (sum, 2));

    let superseded = [bytes(sum, &[varint(2, 1), points(2)].concat()), bytes(gauge, &points(1))].concat();
    let index = Index::scan(Signal::Metrics, &request(&superseded)).unwrap();
    assert_eq!(index.leaves.len(), 1);
    assert_eq!((index.data[0].field, index.data[0].header.bytes), (gauge, 0));
}

/// Messages nest as deep as for a decoder and no deeper, with whatever is in the innermost.
#[test]
fn depth_is_bounded_as_in_a_decoder() {
    let unknown = bytes(100, b"");
    let group = [0x93, 0x03, 0x94, 0x03];
    let group_in_group = [&group[..2], &group, &group[2..]].concat();
    let plain_attribute = bytes(6, &bytes(1, &[bytes(1, b"k"), bytes(2, b"")].concat()));
    for innermost in [Vec::new(), varint(2, 1), unknown, group.to_vec(), group_in_group, plain_attribute] {
        let mut accepted = 0;
        for levels in 30..60 {
            // An array in a value: two messages a level. A body begins at an even depth, an attribute at an odd one.
            let value = (0..levels).fold(innermost.clone(), |inner, _| bytes(5, &bytes(1, &inner)));
            let body = request(&bytes(5, &value));
            let decoded = ExportLogsServiceRequest::decode(body.as_slice());
            assert_eq!(
                Index::scan(Signal::Logs, &body).is_ok(),
                decoded.is_ok(),
                "{levels} around {innermost:?}"
            );
            let body = request(&bytes(9, &bytes(2, &value)));
            let decoded = ExportTraceServiceRequest::decode(body.as_slice());
            assert_eq!(
                Index::scan(Signal::Traces, &body).is_ok(),
                decoded.is_ok(),
                "{levels} around {innermost:?}"
            );
            accepted += usize::from(decoded.is_ok());
        }
        assert!((1..30).contains(&accepted), "the limit is among the levels that were tried");
    }
}

/// A million messages, one in the other, do not exhaust the stack.
#[test]
fn a_million_levels_are_refused() {
    let start_groups = [0x93, 0x03].repeat(1_000_000);
    assert_eq!(Index::scan(Signal::Logs, &start_groups).unwrap_err().kind, WireError::Depth.into());
    let mut value = Vec::new();
    for _ in 0..1_000 {
        value = bytes(6, &bytes(1, &bytes(2, &value)));
    }
    let body = request(&bytes(5, &value));
    assert_eq!(Index::scan(Signal::Logs, &body).unwrap_err().kind, WireError::Depth.into());
}

/// The tables are indexed by the messages' own numbers.
#[test]
fn the_schema_is_in_order() {
    for (number, message) in Type::ALL.iter().enumerate() {
        assert_eq!(*message as usize, number);
        let numbers: Vec<_> = message.fields().iter().map(|field| field.number).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{message:?}");
    }
}
