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
    /// What is counted and routed: spans, log records, data points. Parent: a scope, or for data points a metric.
    pub leaves: Vec<Leaf>,
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
