//! A trace, as a policy sees it.

use super::due::Due;
use crate::bindings::sluice::plugin::columns;
use crate::field::Field;
use crate::rows::Row;
use crate::table::{Events, Items, Requests, Resources, Scopes, Table, Traces};
use crate::value::Value;

/// What a policy's fields are of: a trace and all rows that belong to it.
#[derive(Clone, Copy, Debug)]
pub enum WholeTrace {}

/// A trace: as much of it as has arrived.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    due: &'a Due,
    row: usize,
}

impl<'a> Trace<'a> {
    pub(super) fn new(due: &'a Due, row: usize) -> Self {
        Self { due, row }
    }

    /// The value of a field of the trace. `None` where it does not have it.
    #[inline]
    #[must_use]
    pub fn get<V: Value>(&self, field: Field<WholeTrace, Traces, V>) -> Option<V::Of<'a>> {
        Row::<'a, WholeTrace, Traces>::new(self.due.batch(), self.row).get(field)
    }

    /// Its spans. Each reads its own fields and those of the rows above it: of its scope and resource, and
    /// of the request that it came in.
    #[inline]
    pub fn spans(&self) -> impl ExactSizeIterator<Item = Row<'a, WholeTrace, Items>> + use<'a> {
        self.rows(Items)
    }

    /// The requests that its spans came in: those that do not differ in what policies ask of them may be one.
    #[inline]
    pub fn requests(&self) -> impl ExactSizeIterator<Item = Row<'a, WholeTrace, Requests>> + use<'a> {
        self.rows(Requests)
    }

    /// The resources that its spans are about. One that came in several requests comes several times.
    #[inline]
    pub fn resources(&self) -> impl ExactSizeIterator<Item = Row<'a, WholeTrace, Resources>> + use<'a> {
        self.rows(Resources)
    }

    /// The scopes that its spans are of. One that came in several requests comes several times.
    #[inline]
    pub fn scopes(&self) -> impl ExactSizeIterator<Item = Row<'a, WholeTrace, Scopes>> + use<'a> {
        self.rows(Scopes)
    }

    /// The events of its spans.
    #[inline]
    pub fn events(&self) -> impl ExactSizeIterator<Item = Row<'a, WholeTrace, Events>> + use<'a> {
        self.rows(Events)
    }

    /// Its rows in a table.
    ///
    /// # Panics
    /// Where no field of the table, or of one below it, was declared: the host then gives none of its rows.
    #[inline]
    pub fn rows<T: Table>(&self, _: T) -> impl ExactSizeIterator<Item = Row<'a, WholeTrace, T>> + use<'a, T> {
        let due = self.due;
        let Some(rows) = due.rows_of(T::TABLE, self.row) else { not_declared(T::TABLE) };
        rows.map(move |row| Row::new(due.batch(), row))
    }

    /// Its number in the batch, from 0.
    #[inline]
    #[must_use]
    pub fn number(&self) -> usize {
        self.row
    }

    /// The time: ns since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.due.now()
    }
}

/// A mistake of the policy's author, which the first test shows.
#[cold]
fn not_declared(table: columns::Table) -> ! {
    panic!("the policy declares no field of {table}, and so is given none of their rows")
}
