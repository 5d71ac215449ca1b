//! The rows below the spans of a trace.

use std::iter::Peekable;

use sluice_sdk::Row;
use sluice_sdk::policy::WholeTrace;
use sluice_sdk::table::{Items, Table, Within};

/// The events or links of a trace, handed out span by span: they lie in the order of their spans.
#[derive(Debug)]
pub(crate) struct Children<'a, T, I: Iterator<Item = Row<'a, WholeTrace, T>>> {
    rest: Peekable<I>,
    of_span: Vec<Row<'a, WholeTrace, T>>,
}

impl<'a, T, I> Children<'a, T, I>
where
    T: Table + Within<Items>,
    I: Iterator<Item = Row<'a, WholeTrace, T>>,
{
    pub(crate) fn new(rows: I) -> Self {
        Self { rest: rows.peekable(), of_span: Vec::new() }
    }

    /// The rows of a span; to be asked of each span in turn.
    pub(crate) fn of(&mut self, span: Row<'a, WholeTrace, Items>) -> &[Row<'a, WholeTrace, T>] {
        self.of_span.clear();
        while let Some(row) = self.rest.next_if(|row| row.up(Items).number() <= span.number()) {
            self.of_span.push(row);
        }
        &self.of_span
    }
}
