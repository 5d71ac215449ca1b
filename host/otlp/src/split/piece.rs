use crate::{Extent, Index, Leaf, Node, Signal};

/// The most messages that a piece lies in: resource, scope, metric, and the metric's data.
pub(super) const MAX_LEVELS: usize = 4;

/// Something that is copied as a whole: a leaf, or what has no leaves.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub(super) start: u32,
    pub(super) end: u32,
    /// How many messages it lies in.
    pub(super) levels: usize,
    /// 1 for a leaf, else 0.
    pub(super) items: u32,
    /// The row of the innermost message that it lies in.
    parent: u32,
}

impl Piece {
    pub(super) fn leaf(signal: Signal, leaf: &Leaf) -> Self {
        let levels = if signal == Signal::Metrics { 4 } else { 2 };
        Self { start: leaf.start, end: leaf.end, levels, items: 1, parent: leaf.parent }
    }

    pub(super) fn metric(node: &Node) -> Self {
        Self { start: node.start, end: node.end, levels: 2, items: 0, parent: node.parent }
    }

    pub(super) fn scope(node: &Node) -> Self {
        Self { levels: 1, ..Self::metric(node) }
    }

    pub(super) fn resource(node: &Node) -> Self {
        Self { levels: 0, ..Self::metric(node) }
    }

    pub(super) fn top_level(extent: Extent) -> Self {
        Self { start: extent.start, end: extent.end, levels: 0, items: 0, parent: 0 }
    }

    pub(super) fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// The rows of the messages that it lies in, from the resource down; as many as `levels` count.
    #[inline]
    pub(super) fn path(&self, index: &Index) -> [u32; MAX_LEVELS] {
        let parent = |table: &[Node], row: u32| table.get(row as usize).map_or(0, |node| node.parent);
        match self.levels {
            0 => [0; MAX_LEVELS],
            1 => [self.parent, 0, 0, 0],
            2 => [parent(&index.scopes, self.parent), self.parent, 0, 0],
            _ => {
                // A metric's data has the metric's row.
                let metric = self.parent;
                let scope = parent(&index.metrics, metric);
                [parent(&index.scopes, scope), scope, metric, metric]
            }
        }
    }
}
