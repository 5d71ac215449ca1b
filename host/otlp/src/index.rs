use std::ops::Range;

use crate::Signal;

/// What a scan found in a request: where each message lies, and who its parent is.
///
/// All positions are byte offsets into the request's body. The tables are in wire order, so the
/// children of a row are consecutive, and a row number only ever grows along the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// What the request carries.
    pub signal: Signal,
    /// `ResourceSpans`, `ResourceLogs` or `ResourceMetrics`. Parent: none (0).
    pub resources: Vec<Node>,
    /// `ScopeSpans`, `ScopeLogs` or `ScopeMetrics`. Parent: a resource.
    pub scopes: Vec<Node>,
    /// `Metric`s; empty for traces and logs. Parent: a scope.
    pub metrics: Vec<Node>,
    /// What holds the points of each metric: as many rows as `metrics`.
    pub data: Vec<MetricData>,
    /// What is counted and routed: spans, log records, data points. Parent: a scope, or for data points a metric.
    pub leaves: Vec<Leaf>,
    /// What the [`Header`]s of all rows point at.
    pub headers: Vec<Extent>,
    /// Top-level fields that are not resources: fields of the future.
    pub unknown: Vec<Extent>,
}

/// A message that contains others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where its field begins, with the tag.
    pub start: u32,
    /// Where its content begins, behind tag and length.
    pub content: u32,
    /// Where it ends.
    pub end: u32,
    /// The row of its parent.
    pub parent: u32,
    /// Its first child's row in the child table (scopes, metrics or leaves).
    pub children_start: u32,
    /// One past its last child's row.
    pub children_end: u32,
    /// Its fields other than its children. A metric's is without its data; see [`MetricData`].
    pub header: Header,
}

/// The `gauge`, `sum`, `histogram`, `exponential_histogram` or `summary` of a metric.
///
/// It is a protobuf oneof. Where the wire has several of one kind in a row, a decoder merges them,
/// and this stands for all of them; where it has several kinds, the last supersedes those before,
/// and this stands for the last: the points of the others are no leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MetricData {
    /// The number of its field in `Metric`; 0: the metric has no data.
    pub field: u32,
    /// Its fields other than the points: temporality, monotonic.
    pub header: Header,
}

/// A span, a log record or a data point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Where its field begins, with the tag.
    pub start: u32,
    /// Where its content begins, behind tag and length.
    pub content: u32,
    /// Where it ends.
    pub end: u32,
    /// The row of its parent: a scope, for data points a metric.
    pub parent: u32,
    /// Where its 16 bytes of trace id are, or [`Leaf::NO_ID`].
    pub trace_id: u32,
}

impl Leaf {
    /// In place of a trace id's offset: it has none, or an empty one.
    pub const NO_ID: u32 = u32::MAX;
}

/// The fields of a message that are not its children, as `headers[first..last]` of its [`Index`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The first of its extents.
    pub first: u32,
    /// One past the last.
    pub last: u32,
    /// How long they are together, in bytes.
    pub bytes: u32,
}

/// A stretch of the body: whole fields, with their tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

impl Index {
    /// An index of a request in which nothing was found yet.
    pub(crate) fn empty(signal: Signal) -> Self {
        Self {
            signal,
            resources: Vec::new(),
            scopes: Vec::new(),
            metrics: Vec::new(),
            data: Vec::new(),
            leaves: Vec::new(),
            headers: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// The stretches of the body that make up a header, in wire order.
    #[must_use]
    pub fn header(&self, header: Header) -> &[Extent] {
        self.headers.get(header.first as usize..header.last as usize).unwrap_or_default()
    }

    /// The leaves below a resource.
    #[must_use]
    pub fn leaves_of_resource(&self, resource: &Node) -> Range<u32> {
        self.first_leaf_of_scope(resource.children_start)..self.first_leaf_of_scope(resource.children_end)
    }

    /// The leaves below a scope.
    #[must_use]
    pub fn leaves_of_scope(&self, scope: &Node) -> Range<u32> {
        self.first_leaf_below(scope.children_start)..self.first_leaf_below(scope.children_end)
    }

    /// Where the leaves of a scope begin, or would begin if it had any; for the row behind the last, their number.
    fn first_leaf_of_scope(&self, row: u32) -> u32 {
        match self.scopes.get(row as usize) {
            Some(scope) => self.first_leaf_below(scope.children_start),
            None => self.leaves.len() as u32,
        }
    }

    /// The same for a child of a scope: a leaf, or a metric.
    fn first_leaf_below(&self, child: u32) -> u32 {
        if self.signal != Signal::Metrics {
            return child;
        }
        self.metrics.get(child as usize).map_or(self.leaves.len() as u32, |metric| metric.children_start)
    }
}
