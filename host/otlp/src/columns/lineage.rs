use std::ops::Range;

use super::Table;
use crate::{Index, Payload, RequestCursor, Signal};

/// The rows of the tables that lie over each other, as far as they lead to a selected leaf.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    pub(super) requests: Level,
    pub(super) resources: Level,
    pub(super) scopes: Level,
    /// Of metrics only.
    pub(super) metrics: Level,
    pub(super) leaves: Level,
    /// Whether the next resource begins a row of the requests, even where it came with that of before.
    begins: bool,
}

/// The rows of one table.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// Each row's position in the payload's metadata, or in the index's table.
    pub(super) source: Vec<u32>,
    /// Each row's parent, as a row of the level above. Empty for requests.
    pub(super) parent: Vec<u32>,
}

impl Lineage {
    /// The leaves in `selected`, ascending ranges of leaf numbers, and their ancestors.
    pub(super) fn new(payload: &Payload, selected: &[Range<u32>]) -> Self {
        Self::build(payload, selected, false)
    }

    /// The leaves of traces, each of which has rows of its own in all tables.
    pub(super) fn of_traces(payload: &Payload, traces: &[Range<u32>]) -> Self {
        Self::build(payload, traces, true)
    }

    fn build(payload: &Payload, selected: &[Range<u32>], apart: bool) -> Self {
        let index = payload.request.index();
        let count: usize = selected.iter().map(ExactSizeIterator::len).sum();
        let count = count.min(index.leaves.len());
        let mut lineage = Self { leaves: Level::with_capacity(count), ..Self::default() };
        let mut requests = RequestCursor::new(&payload.metadata);
        let mut current = None;
        for range in selected {
            lineage.begins = apart;
            for number in range.clone() {
                let Some(leaf) = index.leaves.get(number as usize) else { break };
                let parent = match current {
                    Some((source, row)) if source == leaf.parent => row,
                    _ => lineage.enter(index, leaf.parent, &mut requests),
                };
                current = Some((leaf.parent, parent));
                lineage.leaves.push(number, parent);
            }
        }
        lineage
    }

    /// The row of a leaf's parent.
    fn enter(&mut self, index: &Index, parent: u32, requests: &mut RequestCursor<'_>) -> u32 {
        if index.signal != Signal::Metrics {
            return self.enter_scope(index, parent, requests);
        }
        let scope = self.enter_scope(index, index.metrics[parent as usize].parent, requests);
        self.metrics.push(parent, scope)
    }

    fn enter_scope(&mut self, index: &Index, scope: u32, requests: &mut RequestCursor<'_>) -> u32 {
        self.scopes.last_if(scope).unwrap_or_else(|| {
            let resource = index.scopes[scope as usize].parent;
            let parent = self.resources.last_if(resource).unwrap_or_else(|| {
                let request = requests.request_of(resource);
                let known = self.requests.last_if(request);
                let known = if std::mem::take(&mut self.begins) { None } else { known };
                let parent = known.unwrap_or_else(|| self.requests.push_root(request));
                self.resources.push(resource, parent)
            });
            self.scopes.push(scope, parent)
        })
    }

    /// The rows of a table that is neither derived nor part of a leaf.
    pub(super) fn level(&self, signal: Signal, table: Table) -> &Level {
        match (table, signal) {
            (Table::Requests, _) => &self.requests,
            (Table::Resources, _) => &self.resources,
            (Table::Scopes, _) => &self.scopes,
            (Table::Items, Signal::Metrics) => &self.metrics,
            _ => &self.leaves,
        }
    }

    /// For each leaf, the row of `table` that it belongs to.
    pub(super) fn row_of_leaf(&self, signal: Signal, table: Table) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..).take(self.leaves.source.len()).collect();
        let below: &[Table] = match signal {
            Signal::Metrics => &[Table::Points, Table::Items, Table::Scopes, Table::Resources],
            Signal::Traces | Signal::Logs => &[Table::Items, Table::Scopes, Table::Resources],
        };
        for below in below.iter().take_while(|below| **below != table) {
            let parents = &self.level(signal, *below).parent;
            rows.iter_mut().for_each(|row| *row = parents[*row as usize]);
        }
        rows
    }
}

impl Level {
    fn with_capacity(rows: usize) -> Self {
        Self { source: Vec::with_capacity(rows), parent: Vec::with_capacity(rows) }
    }

    /// The last row, if that is `source`: rows are entered in wire order, so no other can be.
    fn last_if(&self, source: u32) -> Option<u32> {
        (self.source.last() == Some(&source)).then(|| self.source.len() as u32 - 1)
    }

    fn push(&mut self, source: u32, parent: u32) -> u32 {
        self.parent.push(parent);
        self.push_root(source)
    }

    fn push_root(&mut self, source: u32) -> u32 {
        self.source.push(source);
        self.source.len() as u32 - 1
    }
}
