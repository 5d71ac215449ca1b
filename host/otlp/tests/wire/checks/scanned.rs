//! A scan, compared with what the generated decoder says of the same bytes.

use sluice_otlp::{Index, Leaf, Node, ScanErrorKind, Signal};

use super::decoded;

/// A scan accepts what the decoder accepts, but for ids of other lengths, and refuses what it refuses, but
/// for text that is not UTF-8; and it finds the same leaves.
pub(crate) fn check_scan(signal: Signal, body: &[u8]) {
    let decoded = decoded::leaves(signal, body);
    match (Index::scan(signal, body), decoded) {
        (Ok(index), Ok(leaves)) => {
            check_index(&index, body);
            let found: Vec<_> = index.leaves.iter().map(|leaf| trace_id(body, leaf)).collect();
            let expected: Vec<_> = leaves.iter().map(|leaf| leaf.trace_id.as_slice()).collect();
            assert_eq!(found, expected, "the trace ids of the leaves");
        }
        (Ok(index), Err(error)) => {
            assert!(decoded::is_about_utf8(&error), "accepted, but the decoder says: {error}");
            check_index(&index, body);
        }
        (Err(error), Ok(_)) => {
            let about_ids = matches!(error.kind, ScanErrorKind::TraceId(_) | ScanErrorKind::SpanId(_));
            assert!(about_ids, "refused, but the decoder accepts it: {error}");
        }
        (Err(error), Err(_)) => assert!(error.at <= body.len(), "{error}"),
    }
}

fn trace_id<'a>(body: &'a [u8], leaf: &Leaf) -> &'a [u8] {
    match leaf.trace_id {
        Leaf::NO_ID => &[],
        at => &body[at as usize..at as usize + 16],
    }
}

/// Parents enclose their children, rows follow the wire, and each row is the child of one parent.
fn check_index(index: &Index, body: &[u8]) {
    let inside =
        |inner: (u32, u32), outer: (u32, u32)| outer.0 <= inner.0 && inner.0 < inner.1 && inner.1 <= outer.1;
    let whole = (0, body.len() as u32);
    for (row, resource) in index.resources.iter().enumerate() {
        assert!(inside((resource.start, resource.end), whole));
        check_children(row, resource, &index.scopes);
    }
    for (row, scope) in index.scopes.iter().enumerate() {
        let leaves = index.leaves_of_scope(scope);
        assert!(leaves.start <= leaves.end && leaves.end as usize <= index.leaves.len());
        if index.signal == Signal::Metrics {
            check_children(row, scope, &index.metrics);
        }
    }
    assert_eq!(index.metrics.len(), index.data.len());
    let parents = if index.signal == Signal::Metrics { &index.metrics } else { &index.scopes };
    for (row, leaf) in index.leaves.iter().enumerate() {
        let parent = &parents[leaf.parent as usize];
        assert!(inside((leaf.start, leaf.end), (parent.content, parent.end)));
        assert!((parent.children_start..parent.children_end).contains(&(row as u32)));
    }
    let covered: u32 =
        index.resources.iter().map(|resource| index.leaves_of_resource(resource).len() as u32).sum();
    assert_eq!(covered as usize, index.leaves.len(), "each leaf is below one resource");
    assert!(index.leaves.is_sorted_by(|a, b| a.end <= b.start), "leaves do not overlap");
}

fn check_children(row: usize, parent: &Node, table: &[Node]) {
    for child in &table[parent.children_start as usize..parent.children_end as usize] {
        assert_eq!(child.parent as usize, row);
        assert!(parent.content <= child.start && child.end <= parent.end);
    }
}
