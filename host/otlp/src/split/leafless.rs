use std::ops::Range;

use super::LEFT_OUT;
use super::assign::Assignment;
use super::piece::Piece;
use crate::{Index, Leaf, Node, Signal};

/// Something without leaves, and the bucket with which it goes.
pub(super) struct Leafless {
    pub(super) bucket: u32,
    /// It is packed before the first leaf of its bucket that begins at or behind this byte.
    place: u32,
    pub(super) piece: Piece,
}

impl Leafless {
    fn new(bucket: u32, piece: Piece) -> Self {
        Self { bucket, place: piece.start, piece }
    }

    pub(super) fn comes_before(&self, bucket: u32, leaf: &Leaf) -> bool {
        self.bucket == bucket && self.place <= leaf.start
    }
}

/// Finds what has no leaves, in the order in which it is to be packed.
///
/// It goes where the first part that holds its parent goes: so none of it is lost or doubled, and no
/// header is repeated for something empty. Where none of the parent's leaves is routed, its own
/// parent decides.
pub(super) fn collect(index: &Index, buckets: &[u32], assignment: &Assignment) -> Vec<Leafless> {
    let mut found = Vec::new();
    let Some(first) = assignment.first_bucket() else { return found };
    // Fields of the future have no order among resources; they come before all of them.
    let unknown = index.unknown.iter().map(|extent| Piece::top_level(*extent));
    found.extend(unknown.map(|piece| Leafless { bucket: first, place: 0, piece }));
    let lowest = |leaves: Range<u32>| {
        let routed = buckets.get(leaves.start as usize..leaves.end as usize).unwrap_or_default();
        routed.iter().copied().min().filter(|bucket| *bucket != LEFT_OUT)
    };
    for resource in &index.resources {
        let leaves = index.leaves_of_resource(resource);
        if leaves.is_empty() {
            found.push(Leafless::new(first, Piece::resource(resource)));
            continue;
        }
        collect_scopes(index, resource, &lowest, lowest(leaves).unwrap_or(first), &mut found);
    }
    // Stable, so that within a bucket all stays in wire order.
    found.sort_by_key(|leafless| leafless.bucket);
    found
}

fn collect_scopes(
    index: &Index,
    resource: &Node,
    lowest: &impl Fn(Range<u32>) -> Option<u32>,
    first: u32,
    found: &mut Vec<Leafless>,
) {
    let scopes = &index.scopes[resource.children_start as usize..resource.children_end as usize];
    for scope in scopes {
        let leaves = index.leaves_of_scope(scope);
        if leaves.is_empty() {
            found.push(Leafless::new(first, Piece::scope(scope)));
        } else if index.signal == Signal::Metrics {
            let metrics = &index.metrics[scope.children_start as usize..scope.children_end as usize];
            let without = metrics.iter().filter(|metric| metric.children_start == metric.children_end);
            let bucket = lowest(leaves).unwrap_or(first);
            found.extend(without.map(|metric| Leafless::new(bucket, Piece::metric(metric))));
        }
    }
}
