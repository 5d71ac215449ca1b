use hashbrown::HashMap;

use super::lineage::Lineage;
use super::traces::TraceRow;
use crate::{Index, Leaf};

/// The derived tables: distinct trace ids, and distinct (scope, trace id); a scope has one resource.
#[derive(Debug, Default)]
pub(super) struct Derived {
    /// In the order of their first items.
    pub(super) traces: Vec<Trace>,
    /// Each selected leaf's trace.
    pub(super) trace_of_leaf: Vec<u32>,
    /// In the order of their first items.
    pub(super) groups: Vec<Group>,
    /// Each selected leaf's group.
    pub(super) group_of_leaf: Vec<u32>,
}

/// The items of one trace id.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trace {
    pub(super) id: [u8; 16],
    /// Its first item's position in the index's leaves.
    pub(super) first: u32,
    pub(super) items: u32,
    /// Their encoded size.
    pub(super) bytes: u32,
    /// The last of its groups.
    group: u32,
}

/// The items of one trace id in one scope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// A row of the scopes.
    pub(super) scope: u32,
    /// A row of the traces.
    pub(super) trace: u32,
    /// Its first item's position in the index's leaves.
    pub(super) first: u32,
}

impl Derived {
    /// Sorts the selected leaves into traces and groups.
    pub(super) fn new(body: &[u8], index: &Index, lineage: &Lineage) -> Self {
        let leaves = &lineage.leaves;
        let count = leaves.source.len();
        let mut derived = Self {
            trace_of_leaf: Vec::with_capacity(count),
            group_of_leaf: Vec::with_capacity(count),
            ..Self::default()
        };
        let mut known = HashMap::with_capacity(count);
        let mut last = None;
        for (&number, &scope) in leaves.source.iter().zip(&leaves.parent) {
            let leaf = &index.leaves[number as usize];
            let id = trace_id(body, leaf);
            let trace = match last {
                Some((last_id, trace)) if last_id == id => trace,
                _ => *known.entry(u128::from_ne_bytes(id)).or_insert_with(|| derived.new_trace(id, number)),
            };
            last = Some((id, trace));
            derived.trace_of_leaf.push(trace);
            let group = derived.add(trace, scope, number, leaf.end - leaf.start);
            derived.group_of_leaf.push(group);
        }
        derived
    }

    /// The traces are known: `gathered` has those of the selected leaves, in their order.
    pub(super) fn of_gathered(gathered: &[TraceRow], lineage: &Lineage) -> Self {
        let count = lineage.leaves.source.len();
        let mut derived = Self {
            traces: Vec::with_capacity(gathered.len()),
            trace_of_leaf: Vec::with_capacity(count),
            group_of_leaf: Vec::with_capacity(count),
            ..Self::default()
        };
        let mut scopes = lineage.leaves.parent.iter();
        for row in gathered {
            let trace = derived.new_trace(row.id, row.leaves.start);
            for (number, &scope) in row.leaves.clone().zip(&mut scopes) {
                derived.trace_of_leaf.push(trace);
                let group = derived.add(trace, scope, number, 0);
                derived.group_of_leaf.push(group);
            }
            let trace = &mut derived.traces[trace as usize];
            (trace.items, trace.bytes) = (row.spans, row.bytes);
        }
        derived
    }

    fn new_trace(&mut self, id: [u8; 16], first: u32) -> u32 {
        self.traces.push(Trace { id, first, items: 0, bytes: 0, group: u32::MAX });
        self.traces.len() as u32 - 1
    }

    /// Counts an item to its trace; answers with its group.
    fn add(&mut self, trace: u32, scope: u32, first: u32, bytes: u32) -> u32 {
        let row = &mut self.traces[trace as usize];
        row.items += 1;
        row.bytes = row.bytes.saturating_add(bytes);
        // Scopes come one after the other, so a trace's group in this scope is its last, or new.
        if self.groups.get(row.group as usize).is_none_or(|group| group.scope != scope) {
            row.group = self.groups.len() as u32;
            self.groups.push(Group { scope, trace, first });
        }
        row.group
    }
}

/// A leaf's trace id; 16 zero bytes where it has none.
#[inline]
pub(super) fn trace_id(body: &[u8], leaf: &Leaf) -> [u8; 16] {
    let bytes = body.get(leaf.trace_id as usize..).and_then(<[u8]>::first_chunk);
    bytes.copied().unwrap_or_default()
}
