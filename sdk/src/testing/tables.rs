//! From requests to the rows of every table.

use std::collections::HashMap;

use super::record::Record;
use super::request::Request;
use crate::Signal;
use crate::bindings::sluice::plugin::columns::Table;

/// The tables on the way from a request to a leaf.
const LEVELS: [Table; 5] = [Table::Requests, Table::Resources, Table::Scopes, Table::Items, Table::Points];

/// How many tables the contract has.
const TABLES: usize = 10;

/// Where in [`LEVELS`] the scopes are.
const SCOPES: usize = 2;

/// Where in [`LEVELS`] the items are.
const ITEMS: usize = 3;

/// A span, log record or data point, with all that it lies below.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    request: &'a Request,
    /// Positions: of the request, of the resource in it, and so on.
    path: Vec<usize>,
    /// Resource, scope, item and, of metrics, point.
    records: Vec<&'a Record>,
}

impl<'a> Leaf<'a> {
    /// The span or log record, or the metric that a data point is of.
    pub(super) fn item(&self) -> &'a Record {
        self.records[ITEMS - 1]
    }

    pub(super) fn path(&self) -> &[usize] {
        &self.path
    }

    /// The row of the request.
    pub(super) fn request(&self) -> Source<'a> {
        Source::Request(self.request)
    }

    /// Resource, scope, item and, of metrics, point.
    pub(super) fn records(&self) -> impl Iterator<Item = &'a Record> {
        self.records.iter().copied()
    }
}

/// What a row is of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    Request(&'a Request),
    Record(&'a Record),
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) source: Source<'a>,
    pub(super) parent: u32,
    /// The row in `traces`.
    pub(super) trace: u32,
}

/// The rows of every table.
#[derive(Debug, Default)]
pub(super) struct Tables<'a> {
    /// By the table's number in the contract.
    rows: [Vec<Row<'a>>; TABLES],
    groups: HashMap<(u32, Vec<u8>), u32>,
    traces: HashMap<Vec<u8>, u32>,
}

/// All leaves of some requests, in their order.
///
/// # Errors
/// When an item is of another signal than the key was configured for.
pub(super) fn leaves(requests: &[Request], signal: Signal) -> Result<Vec<Leaf<'_>>, String> {
    let mut leaves = Vec::new();
    for (number, request) in requests.iter().enumerate() {
        let root = Leaf { request, path: vec![number], records: Vec::new() };
        descend(&root, &request.resources, signal, &mut leaves)?;
    }
    Ok(leaves)
}

fn descend<'a>(
    above: &Leaf<'a>,
    children: &'a [Record],
    signal: Signal,
    leaves: &mut Vec<Leaf<'a>>,
) -> Result<(), String> {
    let depth = if signal == Signal::Metrics { LEVELS.len() } else { LEVELS.len() - 1 };
    for (position, record) in children.iter().enumerate() {
        if let Some(other) = record.signal.filter(|other| *other != signal) {
            return Err(format!("the key was configured for {signal}; the request has {other}"));
        }
        let path = [above.path.as_slice(), &[position]].concat();
        let records = [above.records.as_slice(), &[record]].concat();
        let here = Leaf { request: above.request, path, records };
        if here.path.len() == depth {
            leaves.push(here);
        } else {
            descend(&here, &record.children, signal, leaves)?;
        }
    }
    Ok(())
}

impl<'a> Tables<'a> {
    /// The rows above some leaves; and for each leaf, its row in the table `keyed`.
    pub(super) fn above(leaves: &[&Leaf<'a>], keyed: Table) -> (Self, Vec<usize>) {
        let mut tables = Self::default();
        let mut before: &[usize] = &[];
        let mut row_of_leaf = Vec::new();
        for leaf in leaves {
            row_of_leaf.push(tables.add(leaf, before, keyed));
            before = &leaf.path;
        }
        (tables, row_of_leaf)
    }

    /// The rows of a table.
    pub(super) fn of(&self, table: Table) -> &[Row<'a>] {
        &self.rows[table as usize]
    }

    /// Adds what the leaf before did not lie below; answers with the leaf's row in `keyed`.
    fn add(&mut self, leaf: &Leaf<'a>, before: &[usize], keyed: Table) -> usize {
        let item = leaf.item();
        let trace_id = item.trace_id();
        let trace = self.trace(&trace_id, item);
        for (level, table) in LEVELS.iter().enumerate().take(leaf.path.len()) {
            if before.get(..=level) != leaf.path.get(..=level) {
                let parent = level.checked_sub(1).map_or(0, |above| self.last(LEVELS[above]));
                let record = level.checked_sub(1).map(|position| leaf.records[position]);
                let source = record.map_or(Source::Request(leaf.request), Source::Record);
                self.push(*table, Row { source, parent, trace });
            }
        }
        let scope = self.last(LEVELS[SCOPES]);
        let group = self.group(scope, trace_id, item, trace);
        match keyed {
            Table::Traces => trace as usize,
            Table::Groups => group as usize,
            table => self.last(table) as usize,
        }
    }

    fn push(&mut self, table: Table, row: Row<'a>) -> u32 {
        let rows = &mut self.rows[table as usize];
        rows.push(row);
        rows.len() as u32 - 1
    }

    fn last(&self, table: Table) -> u32 {
        self.of(table).len() as u32 - 1
    }

    fn trace(&mut self, trace_id: &[u8], first: &'a Record) -> u32 {
        if let Some(row) = self.traces.get(trace_id) {
            return *row;
        }
        let row = self.push(Table::Traces, Row { source: Source::Record(first), parent: 0, trace: 0 });
        self.traces.insert(trace_id.to_vec(), row);
        row
    }

    fn group(&mut self, scope: u32, trace_id: Vec<u8>, first: &'a Record, trace: u32) -> u32 {
        if let Some(row) = self.groups.get(&(scope, trace_id.clone())) {
            return *row;
        }
        let row = self.push(Table::Groups, Row { source: Source::Record(first), parent: scope, trace });
        self.groups.insert((scope, trace_id), row);
        row
    }
}
