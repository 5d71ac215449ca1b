//! Rows, as an author sees them.

use std::marker::PhantomData;

use crate::Signal;
use crate::batch::Batch;
use crate::bindings::sluice::plugin::columns;
use crate::field::Field;
use crate::table::{Table, Within};
use crate::value::{Value, is_present};

/// One row of the table `T`, in the stage that keys `K` or of a policy's
/// [`WholeTrace`](crate::policy::WholeTrace).
///
/// In [`Stage::key`](crate::Stage::key) the two are the same; [`Rows::of`] gives rows of other tables.
#[derive(Debug)]
pub struct Row<'a, K, T = K> {
    batch: &'a Batch,
    row: usize,
    of: PhantomData<(K, T)>,
}

impl<K, T> Clone for Row<'_, K, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, T> Copy for Row<'_, K, T> {}

impl<'a, K, T: Table> Row<'a, K, T> {
    pub(crate) fn new(batch: &'a Batch, row: usize) -> Self {
        Self { batch, row, of: PhantomData }
    }

    /// The value of a field of this row or, where the field is one of a table above, of the row's
    /// ancestor there. `None` where the row does not have it.
    #[inline]
    #[must_use]
    pub fn get<A: Table, V: Value>(&self, field: Field<K, A, V>) -> Option<V::Of<'a>>
    where
        T: Within<A>,
    {
        let row = T::climb(self.batch, self.row);
        let column = self.batch.column(A::TABLE, field.column);
        if is_present(column, row) { V::read(&column.values, row) } else { None }
    }

    /// The row's ancestor in a table above.
    #[inline]
    #[must_use]
    pub fn up<A: Table>(&self, _: A) -> Row<'a, K, A>
    where
        T: Within<A>,
    {
        Row::new(self.batch, T::climb(self.batch, self.row))
    }

    /// The row's number in its table, from 0: for what is worked out once a row of a table above.
    #[inline]
    #[must_use]
    pub fn number(&self) -> usize {
        self.row
    }
}

/// All rows that a stage is asked to key, with those above them.
#[derive(Debug)]
pub struct Rows<K> {
    batch: Batch,
    of: PhantomData<K>,
}

impl<K: Table> Rows<K> {
    pub(crate) fn new(batch: Batch) -> Self {
        Self { batch, of: PhantomData }
    }

    /// How many rows are to get a key.
    #[must_use]
    pub fn count(&self) -> usize {
        self.batch.rows(K::TABLE).count as usize
    }

    /// The rows that are to get a key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_, K>> {
        (0..self.count()).map(|row| Row::new(&self.batch, row))
    }

    /// The rows of the keyed table or of one above it.
    pub fn of<T: Table>(&self, _: T) -> impl ExactSizeIterator<Item = Row<'_, K, T>>
    where
        K: Within<T>,
    {
        (0..self.batch.rows(T::TABLE).count as usize).map(|row| Row::new(&self.batch, row))
    }

    /// Takes a column of the keyed table out of the batch, to become the keys as it is; its rows read
    /// as absent from then on.
    #[must_use]
    pub fn take<V: Value>(&mut self, field: Field<K, K, V>) -> Column<V> {
        Column { raw: self.batch.take(K::TABLE, field.column), of: PhantomData }
    }

    /// What the rows are of.
    #[must_use]
    pub fn signal(&self) -> Signal {
        self.batch.signal()
    }

    /// The time: ns since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.batch.now()
    }
}

/// A whole column, one value a row; [`Keys`](crate::Keys) are made from it without copying.
#[derive(Debug)]
pub struct Column<V> {
    pub(crate) raw: columns::Column,
    of: PhantomData<V>,
}
