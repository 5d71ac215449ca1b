use std::ops::Range;

use super::derived::Derived;
use super::known::KnownColumns;
use super::layout::DataKind;
use super::lineage::{Level, Lineage};
use super::reader::Reader;
use super::row::Child;
use super::table_plan::{ColumnPlan, TablePlan};
use super::traces::TraceRow;
use super::{Column, Plan, Rows, Table};
use crate::{Header, Index, Node, Payload, Signal};

/// One payload on its way to columns.
pub(super) struct Extraction<'a> {
    payload: &'a Payload,
    body: &'a [u8],
    index: &'a Index,
    lineage: Lineage,
    /// Empty where the plan has neither traces nor groups.
    derived: Derived,
    has_traces: bool,
    /// What is kept of gathered traces; empty for others.
    gathered: &'a [TraceRow],
    /// Rows that were met when the rows that they lie in were read.
    children: Vec<(Table, Vec<Child<'a>>)>,
}

impl<'a> Extraction<'a> {
    pub(super) fn new(plan: &Plan, payload: &'a Payload, leaves: &[Range<u32>]) -> Self {
        let (body, index) = (&payload.request.body()[..], payload.request.index());
        let lineage = Lineage::new(payload, leaves);
        let has_traces = plan.has(Table::Traces);
        let derived = if has_traces || plan.has(Table::Groups) {
            Derived::new(body, index, &lineage)
        } else {
            Derived::default()
        };
        Self { payload, body, index, lineage, derived, has_traces, gathered: &[], children: Vec::new() }
    }

    /// Of whole traces, which lie one after the other.
    pub(super) fn of_traces(payload: &'a Payload, gathered: &'a [TraceRow]) -> Self {
        let (body, index) = (&payload.request.body()[..], payload.request.index());
        let leaves: Vec<_> = gathered.iter().map(|trace| trace.leaves.clone()).collect();
        let lineage = Lineage::of_traces(payload, &leaves);
        let derived = Derived::of_gathered(gathered, &lineage);
        Self { payload, body, index, lineage, derived, has_traces: true, gathered, children: Vec::new() }
    }

    /// The rows of a table. Tables have to be asked for in their order: some are met while others are read.
    pub(super) fn rows(&mut self, plan: &TablePlan) -> Rows {
        let mut read = if plan.needs_walk() { self.read(plan) } else { Vec::new() }.into_iter();
        let known = KnownColumns {
            payload: self.payload,
            lineage: &self.lineage,
            derived: &self.derived,
            table: plan.table,
            gathered: self.gathered,
        };
        let columns = plan.columns.iter().filter_map(|column| match column {
            ColumnPlan::Walked(_) => read.next(),
            ColumnPlan::Known(field) => Some(known.column(field)),
        });
        Rows {
            table: plan.table,
            count: self.count(plan.table) as u32,
            parent: self.parents(plan.table),
            trace: self.traces(plan.table),
            columns: columns.collect(),
        }
    }

    /// For each selected leaf its row in `keyed`.
    pub(super) fn row_of_leaf(self, keyed: Table) -> Vec<u32> {
        match keyed {
            Table::Traces => self.derived.trace_of_leaf,
            Table::Groups => self.derived.group_of_leaf,
            _ => self.lineage.row_of_leaf(self.index.signal, keyed),
        }
    }

    fn count(&self, table: Table) -> usize {
        match table {
            Table::Traces => self.derived.traces.len(),
            Table::Groups => self.derived.groups.len(),
            Table::Events | Table::Links | Table::Exemplars => self.children(table).len(),
            _ => self.level(table).source.len(),
        }
    }

    fn parents(&self, table: Table) -> Vec<u32> {
        match table {
            Table::Traces => Vec::new(),
            Table::Groups => self.derived.groups.iter().map(|group| group.scope).collect(),
            Table::Events | Table::Links | Table::Exemplars => {
                self.children(table).iter().map(|child| child.parent).collect()
            }
            _ => self.level(table).parent.clone(),
        }
    }

    fn traces(&self, table: Table) -> Vec<u32> {
        match table {
            Table::Items if self.has_traces => self.derived.trace_of_leaf.clone(),
            Table::Groups if self.has_traces => self.derived.groups.iter().map(|group| group.trace).collect(),
            _ if self.gathered.is_empty() => Vec::new(),
            Table::Scopes => self.traces_of_scopes(),
            Table::Resources => self.traces_of_resources(),
            Table::Requests => {
                let resources = &self.lineage.resources.parent;
                Self::up(resources, &self.traces_of_resources(), self.lineage.requests.source.len())
            }
            Table::Events | Table::Links => {
                let traces = &self.derived.trace_of_leaf;
                self.children(table).iter().map(|child| traces[child.parent as usize]).collect()
            }
            _ => Vec::new(),
        }
    }

    fn traces_of_resources(&self) -> Vec<u32> {
        let scopes = &self.lineage.scopes.parent;
        Self::up(scopes, &self.traces_of_scopes(), self.lineage.resources.source.len())
    }

    fn traces_of_scopes(&self) -> Vec<u32> {
        let lineage = &self.lineage;
        Self::up(&lineage.leaves.parent, &self.derived.trace_of_leaf, lineage.scopes.source.len())
    }

    /// The traces of rows, from those of their children: all of a row's are of one trace.
    fn up(parents: &[u32], traces: &[u32], rows: usize) -> Vec<u32> {
        let mut above = vec![0; rows];
        for (parent, trace) in parents.iter().zip(traces) {
            above[*parent as usize] = *trace;
        }
        above
    }

    /// Where the rows of a table that is not derived come from.
    fn level(&self, table: Table) -> &Level {
        self.lineage.level(self.index.signal, table)
    }

    fn children(&self, table: Table) -> &[Child<'a>] {
        self.children.iter().find(|(of, _)| *of == table).map_or(&[], |(_, children)| children)
    }

    /// The columns that are read from the rows' messages.
    fn read(&mut self, plan: &TablePlan) -> Vec<Column> {
        let (columns, children) = match plan.table {
            Table::Requests => return Vec::new(),
            Table::Resources => self.read_nodes(plan, &self.index.resources),
            Table::Scopes => self.read_nodes(plan, &self.index.scopes),
            Table::Items if self.index.signal == Signal::Metrics => self.read_metrics(plan),
            Table::Points => self.read_points(plan),
            Table::Items => self.read_leaves(plan, self.lineage.leaves.source.iter().copied()),
            Table::Traces => self.read_leaves(plan, self.derived.traces.iter().map(|trace| trace.first)),
            Table::Groups => self.read_leaves(plan, self.derived.groups.iter().map(|group| group.first)),
            Table::Events | Table::Links | Table::Exemplars => self.read_children(plan),
        };
        self.children.extend(plan.wanted.children.iter().copied().zip(children));
        columns
    }

    fn read_nodes(&self, plan: &TablePlan, nodes: &[Node]) -> Read<'a> {
        let rows = &self.level(plan.table).source;
        let headers = || rows.iter().map(|row| nodes[*row as usize].header);
        let mut reader = Reader::new(plan, rows.len(), headers().map(|header| header.bytes as usize).sum());
        for header in headers() {
            reader.row(self.pieces(header).map(|piece| (&plan.walk, piece)));
        }
        reader.finish()
    }

    fn read_metrics(&self, plan: &TablePlan) -> Read<'a> {
        let rows = &self.lineage.metrics.source;
        let headers = || rows.iter().map(|row| self.index.metrics[*row as usize].header);
        let mut reader = Reader::new(plan, rows.len(), headers().map(|header| header.bytes as usize).sum());
        for (header, row) in headers().zip(rows) {
            let data = &self.index.data[*row as usize];
            let data_walk = DataKind::of_field(data.field).map(|kind| &plan.data_walks[kind.position()]);
            let data = data_walk
                .into_iter()
                .flat_map(|walk| self.pieces(data.header).map(move |piece| (walk, piece)));
            reader.row(self.pieces(header).map(|piece| (&plan.walk, piece)).chain(data));
        }
        reader.finish()
    }

    fn read_points(&self, plan: &TablePlan) -> Read<'a> {
        let rows = &self.lineage.leaves.source;
        let mut reader = Reader::new(plan, rows.len(), self.bytes(rows.iter().copied()));
        for row in rows {
            let metric = self.index.leaves[*row as usize].parent;
            let kind = DataKind::of_field(self.index.data[metric as usize].field);
            let walk = kind.map(|kind| &plan.data_walks[kind.position()]);
            reader.row(walk.map(|walk| (walk, self.leaf(*row))).into_iter());
        }
        reader.finish()
    }

    fn read_leaves(&self, plan: &TablePlan, rows: impl ExactSizeIterator<Item = u32> + Clone) -> Read<'a> {
        let mut reader = Reader::new(plan, rows.len(), self.bytes(rows.clone()));
        for row in rows {
            reader.row([(&plan.walk, self.leaf(row))].into_iter());
        }
        reader.finish()
    }

    fn read_children(&self, plan: &TablePlan) -> Read<'a> {
        let rows = self.children(plan.table);
        let mut reader = Reader::new(plan, rows.len(), rows.iter().map(|child| child.message.len()).sum());
        for child in rows {
            reader.row([(&plan.walk, child.message)].into_iter());
        }
        reader.finish()
    }

    /// A leaf's message.
    fn leaf(&self, row: u32) -> &'a [u8] {
        let leaf = &self.index.leaves[row as usize];
        slice(self.body, leaf.content, leaf.end)
    }

    /// How long the messages of leaves are together.
    fn bytes(&self, rows: impl Iterator<Item = u32>) -> usize {
        rows.map(|row| self.leaf(row).len()).sum()
    }

    /// The stretches of fields that make up a header.
    fn pieces(&self, header: Header) -> impl Iterator<Item = &'a [u8]> {
        let body = self.body;
        self.index.header(header).iter().map(move |extent| slice(body, extent.start, extent.end))
    }
}

/// What a [`Reader`] made.
type Read<'a> = (Vec<Column>, Vec<Vec<Child<'a>>>);

fn slice(body: &[u8], start: u32, end: u32) -> &[u8] {
    body.get(start as usize..end as usize).unwrap_or_default()
}
