use super::Column;
use super::builder::ColumnBuilder;
use super::row::{Child, Row};
use super::table_plan::{ColumnPlan, TablePlan};
use super::walk::Walk;

/// Makes the columns of a table that are read from its rows' messages: each message is walked once for
/// all of them, and for the rows of other tables that lie in it.
pub(super) struct Reader<'p, 'a> {
    plan: &'p TablePlan,
    row: Row<'a>,
    number: u32,
    columns: Vec<ColumnBuilder>,
    children: Vec<Vec<Child<'a>>>,
}

impl<'p, 'a> Reader<'p, 'a> {
    /// For `rows` rows, whose messages are `bytes` long together.
    pub(super) fn new(plan: &'p TablePlan, rows: usize, bytes: usize) -> Self {
        let columns = plan.columns.iter().filter_map(|column| match column {
            ColumnPlan::Walked(source) => Some(ColumnBuilder::new(*source, rows, bytes)),
            ColumnPlan::Known(_) => None,
        });
        let children = vec![Vec::new(); plan.wanted.children.len()];
        Self { plan, row: Row::default(), number: 0, columns: columns.collect(), children }
    }

    /// Reads the next row: the pieces of its message, each with the walk for it.
    pub(super) fn row(&mut self, pieces: impl Iterator<Item = (&'p Walk, &'a [u8])>) {
        self.row.begin(&self.plan.wanted);
        for (walk, piece) in pieces {
            walk.run(piece, &self.plan.wanted, &mut self.row, self.number, &mut self.children);
        }
        for column in &mut self.columns {
            column.push(&self.row);
        }
        self.number += 1;
    }

    /// The columns that were read, and the rows of other tables, in the order of the plan.
    pub(super) fn finish(self) -> (Vec<Column>, Vec<Vec<Child<'a>>>) {
        (self.columns.into_iter().map(ColumnBuilder::finish).collect(), self.children)
    }
}
