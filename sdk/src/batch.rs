//! A batch as the host gave it, with a way to find its tables.

use crate::bindings::sluice::plugin::columns;
use crate::fields::Wanted;

/// How many tables there are.
pub(crate) const TABLES: usize = 10;

/// No such table in the batch.
const NOT_THERE: u8 = u8::MAX;

/// A batch, and where in it each table lies.
///
/// [`Batch::new`] has checked that the tables and columns that were asked for are there, and in
/// the shapes it takes; what reads rows relies on that.
#[doc(hidden)]
#[derive(Debug)]
pub struct Batch {
    raw: columns::Batch,
    positions: [u8; TABLES],
}

impl Batch {
    /// Checks that the host gave what is wanted, and the table that the answer is about.
    ///
    /// # Errors
    /// When it did not: the host and the SDK then disagree on the contract.
    pub(crate) fn new(raw: columns::Batch, keyed: columns::Table, wanted: &[Wanted]) -> Result<Self, String> {
        let mut positions = [NOT_THERE; TABLES];
        for (position, rows) in (0u8..).zip(&raw.tables) {
            positions[rows.table as usize] = position;
        }
        let batch = Self { raw, positions };
        if batch.find(keyed).is_none() {
            return Err(format!("the batch has no table {keyed}, which the answer is about"));
        }
        for wanted in wanted {
            let column = batch.find(wanted.table).and_then(|rows| rows.columns.get(wanted.column));
            if !column.is_some_and(|column| wanted.shape.is_that_of(&column.values)) {
                return Err(format!(
                    "column {} of {} is not there, or not in the shape {:?}",
                    wanted.column, wanted.table, wanted.shape
                ));
            }
        }
        Ok(batch)
    }

    /// All tables.
    pub(crate) fn tables(&self) -> &[columns::Rows] {
        &self.raw.tables
    }

    pub(crate) fn find(&self, table: columns::Table) -> Option<&columns::Rows> {
        self.raw.tables.get(usize::from(self.positions[table as usize]))
    }

    #[inline]
    pub(crate) fn rows(&self, table: columns::Table) -> &columns::Rows {
        &self.raw.tables[usize::from(self.positions[table as usize])]
    }

    #[inline]
    pub(crate) fn parent(&self, table: columns::Table, row: usize) -> usize {
        self.rows(table).parent[row] as usize
    }

    #[inline]
    pub(crate) fn trace(&self, table: columns::Table, row: usize) -> usize {
        self.rows(table).trace[row] as usize
    }

    #[inline]
    pub(crate) fn column(&self, table: columns::Table, column: usize) -> &columns::Column {
        &self.rows(table).columns[column]
    }

    /// Takes a column out; it is empty from then on.
    pub(crate) fn take(&mut self, table: columns::Table, column: usize) -> columns::Column {
        let position = usize::from(self.positions[table as usize]);
        let taken = &mut self.raw.tables[position].columns[column];
        let nothing = columns::Column { values: columns::Values::U8s(Vec::new()), present: Vec::new() };
        std::mem::replace(taken, nothing)
    }

    pub(crate) fn signal(&self) -> columns::Signal {
        self.raw.signal
    }

    pub(crate) fn now(&self) -> u64 {
        self.raw.now
    }
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
