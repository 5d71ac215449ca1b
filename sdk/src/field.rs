//! Handles on the fields that a stage declared.

use std::fmt;
use std::marker::PhantomData;

use crate::value::{Bytes, Text};

/// A field of the table `T` that reads as `V`, declared in the stage that keys `K`.
///
/// Only [`Stage`](crate::Stage) makes one, and only rows of that stage take it (no two stages of a plan
/// key the same table): asking a row for something that was not declared does not compile.
pub struct Field<K, T, V> {
    /// The column's number in its table.
    pub(crate) column: usize,
    of: PhantomData<(K, T, V)>,
}

impl<K, T, V> Field<K, T, V> {
    pub(crate) fn new(column: usize) -> Self {
        Self { column, of: PhantomData }
    }
}

impl<K, T> Field<K, T, Text> {
    /// The same field, read as the bytes that were sent: also where these are not UTF-8.
    #[must_use]
    pub fn raw(self) -> Field<K, T, Bytes> {
        Field::new(self.column)
    }
}

impl<K, T, V> Clone for Field<K, T, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, T, V> Copy for Field<K, T, V> {}

impl<K, T, V> fmt::Debug for Field<K, T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({})", self.column)
    }
}
