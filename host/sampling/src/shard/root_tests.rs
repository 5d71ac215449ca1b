use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

use super::*;

fn span(parent: &[u8]) -> Vec<u8> {
    Span { span_id: vec![1; 8], parent_span_id: parent.to_vec(), name: "GET /".to_owned(), ..Span::default() }
        .encode_to_vec()
}

/// Guarantees: no parent, and one of zeros, is a root; any other is none, wherever it stands on the wire.
#[test]
fn a_parent_is_found_wherever_it_stands() {
    assert!(is_root(&span(&[])) && is_root(&span(&[0; 8])) && is_root(&[]));
    assert!(!is_root(&span(&[7; 8])));
    let mut behind = Span { name: "GET /".to_owned(), flags: 1, ..Span::default() }.encode_to_vec();
    assert!(is_root(&behind));
    behind.extend(Span { parent_span_id: vec![2; 8], ..Span::default() }.encode_to_vec());
    assert!(!is_root(&behind));
}
