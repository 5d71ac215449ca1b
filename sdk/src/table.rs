//! The tables that rows lie in, and which of them lies below which.
//!
//! Each is a type of one value, so that `stage.text(Resources, "service.name")` says of which rows an
//! attribute is wanted, and the compiler knows whether a row has such an ancestor.

use crate::batch::Batch;
use crate::bindings::sluice::plugin::columns;
use crate::policy::WholeTrace;

/// A table: one of the types of this module.
pub trait Table: Copy + 'static {
    /// Its name in the contract.
    const TABLE: columns::Table;
}

/// A row of `Self` has one ancestor in `T`, or `T` is its own table.
pub trait Within<T: Table>: Table {
    /// The number of the ancestor's row in `T`.
    #[doc(hidden)]
    fn climb(batch: &Batch, row: usize) -> usize;
}

impl<T: Table> Within<T> for T {
    #[inline]
    fn climb(_: &Batch, row: usize) -> usize {
        row
    }
}

/// Tables whose rows a routing key can give keys to.
pub trait Keyed: Table {}

/// Fields of `T` can be declared by `Self`: the table that a stage keys sees itself and those above it, a
/// policy's [`WholeTrace`](crate::policy::WholeTrace) all.
pub trait Sees<T: Table> {}

/// Tables that attributes can be asked of.
pub trait HasAttributes: Table {}

macro_rules! tables {
    ($($(#[$documentation:meta])* $table:ident below [$($parent:ident $(through $other:ident)*)?];)*) => {$(
        $(#[$documentation])*
        #[derive(Clone, Copy, Debug)]
        pub struct $table;

        impl Table for $table {
            const TABLE: columns::Table = columns::Table::$table;
        }

        impl Sees<$table> for $table {}
        impl Sees<$table> for WholeTrace {}

        $(
            tables!(@within $table, $parent, $parent);
            $(tables!(@within $table, $parent, $other);)*
        )?
    )*};
    (@within $table:ident, $parent:ident, $ancestor:ident) => {
        impl Sees<$ancestor> for $table {}

        impl Within<$ancestor> for $table {
            #[inline]
            fn climb(batch: &Batch, row: usize) -> usize {
                <$parent as Within<$ancestor>>::climb(batch, batch.parent(columns::Table::$table, row))
            }
        }
    };
}

tables! {
    /// Requests as they came in; they have headers and a connection. A policy sees those of each trace by themselves.
    Requests below [];
    /// What the telemetry is about, such as a service.
    Resources below [Requests];
    /// What made the telemetry, such as an instrumentation library.
    Scopes below [Resources through Requests];
    /// Spans, log records, or metrics.
    Items below [Scopes through Resources through Requests];
    /// The data points of metrics.
    Points below [Items through Scopes through Resources through Requests];
    /// Events of spans; for policies.
    Events below [Items through Scopes through Resources through Requests];
    /// Links of spans; for policies.
    Links below [Items through Scopes through Resources through Requests];
    /// Distinct pairs of scope and trace id; a field of the item asked of it is that of its first item.
    Groups below [Scopes through Resources through Requests];
    /// Distinct trace ids; a field of the item asked of it is that of its first item.
    Traces below [];
}

macro_rules! in_traces {
    ($($table:ident)*) => {$(
        impl Sees<Traces> for $table {}

        impl Within<Traces> for $table {
            #[inline]
            fn climb(batch: &Batch, row: usize) -> usize {
                batch.trace(columns::Table::$table, row)
            }
        }
    )*};
}
in_traces!(Items Groups);

macro_rules! have_attributes {
    ($($table:ident)*) => {$(impl HasAttributes for $table {})*};
}
have_attributes!(Resources Scopes Traces Groups Items Points Events Links);

macro_rules! are_keyed {
    ($($table:ident)*) => {$(impl Keyed for $table {})*};
}
are_keyed!(Requests Resources Scopes Items Points Groups Traces);
