//! The traces of a batch, and where the rows of each lie.

use std::ops::Range;

use super::trace::Trace;
use crate::Signal;
use crate::batch::{Batch, TABLES};
use crate::bindings::sluice::plugin::columns::{self, Rows, Table};
use crate::fields::Wanted;

/// All traces that are due together, in the order in which they should draw on a quota.
#[derive(Debug)]
pub struct Due {
    batch: Batch,
    count: usize,
    /// By table: at which row each trace begins, and one more; empty where the batch has no such table.
    starts: [Vec<u32>; TABLES],
}

impl Due {
    /// Checks that the host gave what a policy wants, and finds the rows of each trace: one pass over the
    /// tables, and one allocation for each.
    ///
    /// # Errors
    /// When it did not: the host and the SDK then disagree on the contract.
    pub(crate) fn new(raw: columns::Batch, wanted: &[Wanted]) -> Result<Self, String> {
        let batch = Batch::new(raw, Table::Traces, wanted)?;
        let count = batch.rows(Table::Traces).count as usize;
        let mut starts = [const { Vec::new() }; TABLES];
        for rows in batch.tables() {
            if rows.table != Table::Traces {
                starts[rows.table as usize] = starts_of(rows, count)?;
            }
        }
        Ok(Self { batch, count, starts })
    }

    /// How many traces there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The traces, in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Trace<'_>> {
        (0..self.count).map(|row| Trace::new(self, row))
    }

    /// What the traces are of.
    #[must_use]
    pub fn signal(&self) -> Signal {
        self.batch.signal()
    }

    /// The time: ns since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.batch.now()
    }

    pub(crate) fn batch(&self) -> &Batch {
        &self.batch
    }

    /// The rows of a trace; `None` where the batch has no such table.
    #[inline]
    pub(crate) fn rows_of(&self, table: Table, trace: usize) -> Option<Range<usize>> {
        let starts = &self.starts[table as usize];
        Some(*starts.get(trace)? as usize..*starts.get(trace + 1)? as usize)
    }
}

/// At which row each of `count` traces begins, and one more.
fn starts_of(rows: &Rows, count: usize) -> Result<Vec<u32>, String> {
    let table = rows.table;
    if rows.trace.len() != rows.count as usize {
        return Err(format!("{} of the {} rows of {table} have a trace", rows.trace.len(), rows.count));
    }
    let mut starts: Vec<u32> = Vec::with_capacity(count + 1);
    for (row, &trace) in (0u32..).zip(&rows.trace) {
        let trace = trace as usize;
        // The trace that began last is `starts.len() - 1`.
        if trace >= starts.len() {
            if trace >= count {
                return Err(format!("row {row} of {table} is of trace {trace}, of {count}"));
            }
            starts.resize(trace + 1, row);
        } else if trace + 1 != starts.len() {
            return Err(format!("the traces of {table} do not ascend at row {row}"));
        }
    }
    starts.resize(count + 1, rows.count);
    Ok(starts)
}

#[cfg(test)]
#[path = "due_tests.rs"]
mod tests;
