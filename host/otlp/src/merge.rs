use std::sync::Arc;

use bytes::Bytes;

use crate::{Extent, Header, Index, Leaf, MetricData, Node, Payload, Request, Signal};

/// Makes one payload of several of one signal: their requests one after the other, a row of metadata
/// for each request that came in, the earliest of their deadlines.
///
/// Merging is concatenation, since all that a request has at its top level is repeated. Nothing is
/// scanned again. One payload alone is passed on as it is.
///
/// `None`: there is none, or they are of different signals, or they have 4 GiB together.
#[must_use]
pub fn merge(mut payloads: Vec<Payload>) -> Option<Payload> {
    if payloads.len() < 2 {
        return payloads.pop();
    }
    let size: usize = payloads.iter().map(|payload| payload.request.body().len()).sum();
    let signal = payloads[0].signal();
    if size >= u32::MAX as usize || payloads.iter().any(|payload| payload.signal() != signal) {
        return None;
    }
    let mut body = Vec::with_capacity(size);
    let mut index = room_for(signal, &payloads);
    for payload in &payloads {
        append(&mut index, payload.request.index(), body.len() as u32);
        body.extend_from_slice(payload.request.body());
    }
    let deadline = payloads.iter().filter_map(|payload| payload.deadline).min();
    let metadata: Vec<_> = payloads.iter().flat_map(|payload| payload.metadata.iter().cloned()).collect();
    let request = Request::indexed(Bytes::from(body), index);
    Some(Payload { request, metadata: Arc::from(metadata), deadline })
}

/// An empty index with tables as large as all of the payloads' together.
fn room_for(signal: Signal, payloads: &[Payload]) -> Index {
    let rows =
        |table: fn(&Index) -> usize| payloads.iter().map(|payload| table(payload.request.index())).sum();
    let mut index = Index::empty(signal);
    index.resources.reserve_exact(rows(|index| index.resources.len()));
    index.scopes.reserve_exact(rows(|index| index.scopes.len()));
    index.metrics.reserve_exact(rows(|index| index.metrics.len()));
    index.data.reserve_exact(rows(|index| index.data.len()));
    index.leaves.reserve_exact(rows(|index| index.leaves.len()));
    index.headers.reserve_exact(rows(|index| index.headers.len()));
    index
}

/// Appends what was found in a body that begins at the byte `offset` of the merged one.
fn append(index: &mut Index, other: &Index, offset: u32) {
    let resources = index.resources.len() as u32;
    let scopes = index.scopes.len() as u32;
    let metrics = index.metrics.len() as u32;
    let leaves = index.leaves.len() as u32;
    // What scopes hold, and what holds the leaves.
    let (items, holders) = match index.signal {
        Signal::Metrics => (metrics, metrics),
        Signal::Traces | Signal::Logs => (leaves, scopes),
    };
    let shift = Shift { offset, headers: index.headers.len() as u32 };
    index.resources.extend(other.resources.iter().map(|node| shift.node(node, 0, scopes)));
    index.scopes.extend(other.scopes.iter().map(|node| shift.node(node, resources, items)));
    index.metrics.extend(other.metrics.iter().map(|node| shift.node(node, scopes, leaves)));
    index.data.extend(other.data.iter().map(|data| shift.data(data)));
    index.leaves.extend(other.leaves.iter().map(|leaf| shift.leaf(leaf, holders)));
    index.headers.extend(other.headers.iter().map(|extent| shift.extent(*extent)));
    index.unknown.extend(other.unknown.iter().map(|extent| shift.extent(*extent)));
}

/// How far positions and rows move.
#[derive(Clone, Copy)]
struct Shift {
    /// Bytes before the body.
    offset: u32,
    /// Rows in the table of header extents before its own.
    headers: u32,
}

impl Shift {
    fn node(self, node: &Node, parents: u32, children: u32) -> Node {
        Node {
            start: node.start + self.offset,
            content: node.content + self.offset,
            end: node.end + self.offset,
            parent: node.parent + parents,
            children_start: node.children_start + children,
            children_end: node.children_end + children,
            header: self.header(node.header),
        }
    }

    fn data(self, data: &MetricData) -> MetricData {
        MetricData { field: data.field, header: self.header(data.header) }
    }

    fn leaf(self, leaf: &Leaf, parents: u32) -> Leaf {
        Leaf {
            start: leaf.start + self.offset,
            content: leaf.content + self.offset,
            end: leaf.end + self.offset,
            parent: leaf.parent + parents,
            trace_id: if leaf.trace_id == Leaf::NO_ID { Leaf::NO_ID } else { leaf.trace_id + self.offset },
        }
    }

    fn header(self, header: Header) -> Header {
        Header { first: header.first + self.headers, last: header.last + self.headers, ..header }
    }

    fn extent(self, extent: Extent) -> Extent {
        Extent { start: extent.start + self.offset, end: extent.end + self.offset }
    }
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
