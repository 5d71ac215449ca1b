//! Whole traces, read once for all policies, and each policy's view of some of them.

use std::ops::Range;

use super::builder::Presence;
use super::{Batch, BytesColumn, Column, Field, Plan, Rows, Table, Values};

/// A trace that was gathered and lies in a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceRow {
    /// Its id; zeros for spans without one.
    pub id: [u8; 16],
    /// Its spans: a stretch of the payload's leaves.
    pub leaves: Range<u32>,
    /// How many spans it has: more than `leaves` where only some of them are looked at.
    pub spans: u32,
    /// Encoded bytes of its spans, with tags and lengths.
    pub bytes: u32,
    /// When the first of them came: ns since the Unix epoch.
    pub received: u64,
    /// Why it is decided now; see `intrinsic.trigger` in the WIT package.
    pub trigger: u8,
}

/// The tables of whole traces.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceTables {
    batch: Batch,
    traces: usize,
    /// For each table, where each trace's rows begin; one more than traces.
    starts: Vec<Vec<u32>>,
}

/// Which columns of a [`TraceTables`] a policy asked for, in its own order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Positions of tables, and of columns in them.
    tables: Vec<(usize, Vec<usize>)>,
}

impl Selection {
    /// What `wanted`, a policy's fields, are of a plan that was made of `all`, every field of every policy.
    ///
    /// `None`: `all` lacks one of them.
    #[must_use]
    pub fn new(plan: &Plan, all: &[Field], wanted: &[Field]) -> Option<Self> {
        let own = Plan::for_policies(wanted.to_vec()).ok()?;
        let tables = own.tables.iter().map(|table| {
            let position = plan.tables.iter().position(|other| other.table == table.table)?;
            let fields = |fields: &[Field]| -> Vec<Field> {
                fields.iter().filter(|field| field.table() == table.table).cloned().collect()
            };
            let all = fields(all);
            let columns = fields(wanted);
            let columns = columns.iter().map(|field| all.iter().position(|other| other == field));
            Some((position, columns.collect::<Option<Vec<_>>>()?))
        });
        Some(Self { tables: tables.collect::<Option<_>>()? })
    }
}

impl TraceTables {
    pub(super) fn new(batch: Batch, traces: usize) -> Self {
        let starts = batch.tables.iter().map(|rows| match rows.table {
            Table::Traces => (0..=traces as u32).collect(),
            _ => starts(&rows.trace, traces),
        });
        Self { starts: starts.collect(), batch, traces }
    }

    /// How many traces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.traces
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.traces == 0
    }

    /// All rows of a table, with the columns of all policies.
    #[must_use]
    pub fn rows(&self, table: Table) -> Option<&Rows> {
        self.batch.tables.iter().find(|rows| rows.table == table)
    }

    /// What a policy is called with: its columns of some traces, whose numbers ascend.
    #[must_use]
    pub fn view(&self, selection: &Selection, traces: &[u32]) -> Batch {
        let tables = selection.tables.iter().map(|(position, columns)| {
            if traces.len() == self.traces {
                whole(&self.batch.tables[*position], columns)
            } else {
                self.part(*position, columns, traces)
            }
        });
        Batch { signal: self.batch.signal, now: self.batch.now, tables: tables.collect() }
    }

    fn part(&self, position: usize, columns: &[usize], traces: &[u32]) -> Rows {
        let rows = &self.batch.tables[position];
        let ranges = self.ranges(position, traces);
        let count = ranges.iter().map(|range| range.end - range.start).sum();
        let trace = match rows.trace.as_slice() {
            [] => Vec::new(),
            _ => numbered(&ranges).collect(),
        };
        Rows {
            table: rows.table,
            count,
            parent: self.parents(rows, &ranges, traces),
            trace,
            columns: columns
                .iter()
                .map(|column| gather(&rows.columns[*column], rows.count, &ranges))
                .collect(),
        }
    }

    /// The rows of some traces in a table.
    fn ranges(&self, position: usize, traces: &[u32]) -> Vec<Range<u32>> {
        let starts = &self.starts[position];
        traces.iter().map(|trace| starts[*trace as usize]..starts[*trace as usize + 1]).collect()
    }

    /// Parents move up by as many rows as are left out before them.
    fn parents(&self, rows: &Rows, ranges: &[Range<u32>], traces: &[u32]) -> Vec<u32> {
        let above = match rows.table {
            Table::Requests | Table::Traces => return Vec::new(),
            Table::Resources => Table::Requests,
            Table::Scopes => Table::Resources,
            Table::Items | Table::Groups => Table::Scopes,
            _ => Table::Items,
        };
        let Some(position) = self.batch.tables.iter().position(|rows| rows.table == above) else {
            return Vec::new();
        };
        let mut parents = Vec::with_capacity(ranges.iter().map(ExactSizeIterator::len).sum());
        let mut next = 0;
        for (range, above) in ranges.iter().zip(self.ranges(position, traces)) {
            parents.extend(stretch(&rows.parent, range).iter().map(|parent| parent - above.start + next));
            next += above.end - above.start;
        }
        parents
    }
}

/// Where the rows of each trace begin, by the trace of each row.
fn starts(trace_of_row: &[u32], traces: usize) -> Vec<u32> {
    let mut starts = vec![0; traces + 1];
    for trace in trace_of_row {
        starts[*trace as usize + 1] += 1;
    }
    for next in 1..starts.len() {
        starts[next] += starts[next - 1];
    }
    starts
}

fn whole(rows: &Rows, columns: &[usize]) -> Rows {
    Rows {
        table: rows.table,
        count: rows.count,
        parent: rows.parent.clone(),
        trace: rows.trace.clone(),
        columns: columns.iter().map(|column| rows.columns[*column].clone()).collect(),
    }
}

/// For each row of the ranges, the number of its range.
fn numbered(ranges: &[Range<u32>]) -> impl Iterator<Item = u32> {
    (0..).zip(ranges).flat_map(|(number, range)| range.clone().map(move |_| number))
}

/// Some rows of a column that has `rows` of them.
fn gather(column: &Column, rows: u32, ranges: &[Range<u32>]) -> Column {
    let values = match &column.values {
        Values::Bytes(bytes) => Values::Bytes(gather_bytes(bytes, ranges)),
        Values::Fixed(values) => Values::Fixed(pick(values, ranges, values.len() / rows.max(1) as usize)),
        Values::U8s(values) => Values::U8s(pick(values, ranges, 1)),
        Values::U32s(values) => Values::U32s(pick(values, ranges, 1)),
        Values::U64s(values) => Values::U64s(pick(values, ranges, 1)),
        Values::S64s(values) => Values::S64s(pick(values, ranges, 1)),
        Values::F64s(values) => Values::F64s(pick(values, ranges, 1)),
    };
    Column { values, present: gather_presence(&column.present, ranges) }
}

fn gather_bytes(bytes: &BytesColumn, ranges: &[Range<u32>]) -> BytesColumn {
    let rows = ranges.iter().map(ExactSizeIterator::len).sum();
    let mut gathered = BytesColumn::with_capacity(rows, 0);
    for range in ranges {
        let offsets = &bytes.offsets[range.start as usize..=range.end as usize];
        let (Some(&first), Some(&last)) = (offsets.first(), offsets.last()) else { continue };
        let base = gathered.data.len() as u32;
        gathered.data.extend_from_slice(&bytes.data[first as usize..last as usize]);
        gathered.offsets.extend(offsets[1..].iter().map(|offset| offset - first + base));
    }
    gathered
}

fn gather_presence(present: &[u8], ranges: &[Range<u32>]) -> Vec<u8> {
    if present.is_empty() {
        return Vec::new();
    }
    let mut gathered = Presence::default();
    for row in ranges.iter().cloned().flatten() {
        gathered.push(present.get(row as usize / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1));
    }
    gathered.finish()
}

fn pick<T: Copy>(values: &[T], ranges: &[Range<u32>], width: usize) -> Vec<T> {
    let mut picked = Vec::with_capacity(width * ranges.iter().map(ExactSizeIterator::len).sum::<usize>());
    for range in ranges {
        picked.extend_from_slice(&values[range.start as usize * width..range.end as usize * width]);
    }
    picked
}

fn stretch<'a>(values: &'a [u32], range: &Range<u32>) -> &'a [u32] {
    &values[range.start as usize..range.end as usize]
}
