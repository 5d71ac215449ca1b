//! What goes into a call and comes back: every list is moved, none is copied.

use sluice_otlp::{Signal, columns};

use crate::bindings::sluice::plugin::columns as wit;

pub(crate) fn signal(signal: Signal) -> wit::Signal {
    match signal {
        Signal::Traces => wit::Signal::Traces,
        Signal::Logs => wit::Signal::Logs,
        Signal::Metrics => wit::Signal::Metrics,
    }
}

pub(crate) fn batch(batch: columns::Batch) -> wit::Batch {
    wit::Batch {
        signal: signal(batch.signal),
        now: batch.now,
        tables: batch.tables.into_iter().map(rows).collect(),
    }
}

fn rows(rows: columns::Rows) -> wit::Rows {
    wit::Rows {
        table: table(rows.table),
        count: rows.count,
        parent: rows.parent,
        trace: rows.trace,
        columns: rows.columns.into_iter().map(column_to_guest).collect(),
    }
}

fn column_to_guest(column: columns::Column) -> wit::Column {
    let values = match column.values {
        columns::Values::Bytes(bytes) => {
            wit::Values::Bytes(wit::BytesColumn { offsets: bytes.offsets, data: bytes.data })
        }
        columns::Values::Fixed(values) => wit::Values::Fixed(values),
        columns::Values::U8s(values) => wit::Values::U8s(values),
        columns::Values::U32s(values) => wit::Values::U32s(values),
        columns::Values::U64s(values) => wit::Values::U64s(values),
        columns::Values::S64s(values) => wit::Values::S64s(values),
        columns::Values::F64s(values) => wit::Values::F64s(values),
    };
    wit::Column { values, present: column.present }
}

pub(crate) fn column(column: wit::Column) -> columns::Column {
    let values = match column.values {
        wit::Values::Bytes(bytes) => {
            columns::Values::Bytes(columns::BytesColumn { offsets: bytes.offsets, data: bytes.data })
        }
        wit::Values::Fixed(values) => columns::Values::Fixed(values),
        wit::Values::U8s(values) => columns::Values::U8s(values),
        wit::Values::U32s(values) => columns::Values::U32s(values),
        wit::Values::U64s(values) => columns::Values::U64s(values),
        wit::Values::S64s(values) => columns::Values::S64s(values),
        wit::Values::F64s(values) => columns::Values::F64s(values),
    };
    columns::Column { values, present: column.present }
}

fn table(table: columns::Table) -> wit::Table {
    match table {
        columns::Table::Requests => wit::Table::Requests,
        columns::Table::Resources => wit::Table::Resources,
        columns::Table::Scopes => wit::Table::Scopes,
        columns::Table::Traces => wit::Table::Traces,
        columns::Table::Groups => wit::Table::Groups,
        columns::Table::Items => wit::Table::Items,
        columns::Table::Points => wit::Table::Points,
        columns::Table::Events => wit::Table::Events,
        columns::Table::Links => wit::Table::Links,
        columns::Table::Exemplars => wit::Table::Exemplars,
    }
}
