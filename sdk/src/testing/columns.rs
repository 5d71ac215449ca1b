//! From rows to the columns that a stage, or a policy, asked for.

use super::NOW;
use super::record::Scalar;
use super::tables::{Leaf, Row, Source, Tables};
use super::value::{Value, encode_list};
use crate::Signal;
use crate::bindings::Stage;
use crate::bindings::sluice::plugin::columns::{
    Batch, BytesColumn, Column, Field, Intrinsic, Rows, Table, ValueType, Values,
};

/// The tables in the order of the contract, each with its parent.
const TABLES: [(Table, Option<Table>); 9] = [
    (Table::Requests, None),
    (Table::Resources, Some(Table::Requests)),
    (Table::Scopes, Some(Table::Resources)),
    (Table::Traces, None),
    (Table::Groups, Some(Table::Scopes)),
    (Table::Items, Some(Table::Scopes)),
    (Table::Points, Some(Table::Items)),
    (Table::Events, Some(Table::Items)),
    (Table::Links, Some(Table::Items)),
];

/// What a stage is called with for some leaves, and each leaf's row in the keyed table.
pub(super) fn extract(signal: Signal, stage: &Stage, leaves: &[&Leaf<'_>]) -> (Batch, Vec<usize>) {
    let (tables, row_of_leaf) = Tables::above(leaves, stage.keyed);
    let wanted = wanted_tables(stage.keyed, &stage.fields);
    let with_traces = wanted.iter().any(|(table, _)| *table == Table::Traces);
    let rows = |(table, has_parent): &(Table, bool)| {
        let rows = tables.of(*table);
        let has_trace = with_traces && matches!(table, Table::Groups | Table::Items);
        Rows {
            table: *table,
            count: rows.len() as u32,
            parent: if *has_parent { rows.iter().map(|row| row.parent).collect() } else { Vec::new() },
            trace: if has_trace { rows.iter().map(|row| row.trace).collect() } else { Vec::new() },
            columns: stage
                .fields
                .iter()
                .filter(|field| table_of(field) == *table)
                .map(|field| column(field, rows))
                .collect(),
        }
    };
    let tables = wanted.iter().map(rows).collect();
    (Batch { signal, now: NOW, tables }, row_of_leaf)
}

/// The keyed table, those of the fields, and all their ancestors, in the order of the contract; and whether
/// each has a parent.
pub(super) fn wanted_tables(keyed: Table, fields: &[Field]) -> Vec<(Table, bool)> {
    let mut wanted = vec![keyed];
    wanted.extend(fields.iter().map(table_of));
    // From the leaves up, so that a parent's own parent is seen after it.
    for (table, parent) in TABLES.iter().rev() {
        if wanted.contains(table) {
            wanted.extend(parent);
        }
    }
    let tables = TABLES.iter().filter(|(table, _)| wanted.contains(table));
    tables.map(|(table, parent)| (*table, parent.is_some())).collect()
}

pub(super) fn table_of(field: &Field) -> Table {
    match field {
        Field::Intrinsic(field) => field.table,
        Field::Attribute(field) => field.table,
        Field::Attributes(table) => *table,
        Field::Metadata(_) | Field::Connection => Table::Requests,
    }
}

pub(super) fn column(field: &Field, rows: &[Row<'_>]) -> Column {
    match field {
        Field::Intrinsic(field) => intrinsic(field.intrinsic, rows),
        Field::Attribute(field) => attribute(&field.key, field.value_type, rows),
        Field::Attributes(_) => bytes(rows, |row| match row.source {
            Source::Record(record) => Some(encode_list(&record.attributes)),
            Source::Request(_) => None,
        }),
        Field::Metadata(name) => bytes(rows, |row| header(row, name)),
        Field::Connection => numbers(rows, Values::U64s, |row| match row.source {
            Source::Request(request) => Some(request.connection),
            Source::Record(_) => None,
        }),
    }
}

/// Several values of one name are joined by a comma.
fn header(row: &Row<'_>, name: &str) -> Option<Vec<u8>> {
    let Source::Request(request) = row.source else { return None };
    let values = request.headers.iter().filter(|(header, _)| header == name);
    let values: Vec<_> = values.map(|(_, value)| value.as_str()).collect();
    (!values.is_empty()).then(|| values.join(",").into_bytes())
}

fn attribute(key: &str, value_type: ValueType, rows: &[Row<'_>]) -> Column {
    let value = |row: &Row<'_>| match row.source {
        Source::Record(record) => record.attribute(key).cloned(),
        Source::Request(_) => None,
    };
    match value_type {
        ValueType::Text => bytes(rows, |row| {
            value(row).map(|value| if let Value::Text(text) = value { text } else { Vec::new() })
        }),
        ValueType::Any => bytes(rows, |row| value(row).map(|value| value.encode())),
        ValueType::Int => numbers(rows, Values::S64s, |row| {
            value(row).map(|value| if let Value::Int(value) = value { value } else { 0 })
        }),
        ValueType::Double => numbers(rows, Values::F64s, |row| {
            value(row).map(|value| if let Value::Double(value) = value { value } else { 0.0 })
        }),
        ValueType::Boolean => {
            numbers(rows, Values::U8s, |row| value(row).map(|value| u8::from(value == Value::Boolean(true))))
        }
    }
}

fn intrinsic(intrinsic: Intrinsic, rows: &[Row<'_>]) -> Column {
    let scalar = |row: &Row<'_>| match row.source {
        Source::Record(record) => record.get(intrinsic).cloned(),
        Source::Request(_) => None,
    };
    let number = |row: &Row<'_>| match scalar(row) {
        Some(Scalar::Number(number)) => Some(number),
        _ => None,
    };
    match intrinsic {
        Intrinsic::TraceId => ids(rows, 16, scalar),
        Intrinsic::SpanId | Intrinsic::ParentSpanId => ids(rows, 8, scalar),
        Intrinsic::Start
        | Intrinsic::End
        | Intrinsic::Time
        | Intrinsic::ObservedTime
        | Intrinsic::Received => numbers(rows, Values::U64s, |row| Some(number(row).unwrap_or_default())),
        Intrinsic::Type | Intrinsic::Temporality | Intrinsic::Monotonic | Intrinsic::Trigger => {
            numbers(rows, Values::U8s, |row| Some(number(row).unwrap_or_default() as u8))
        }
        Intrinsic::Kind
        | Intrinsic::StatusCode
        | Intrinsic::Flags
        | Intrinsic::SeverityNumber
        | Intrinsic::DroppedCount
        | Intrinsic::DroppedEventsCount
        | Intrinsic::DroppedLinksCount
        | Intrinsic::SpanCount
        | Intrinsic::ByteSize => {
            numbers(rows, Values::U32s, |row| Some(number(row).unwrap_or_default() as u32))
        }
        Intrinsic::Value => numbers(rows, Values::F64s, |row| match scalar(row) {
            Some(Scalar::Double(value)) => Some(value),
            _ => None,
        }),
        _ => bytes(rows, |row| match scalar(row) {
            Some(Scalar::Bytes(bytes)) => Some(bytes),
            _ => Some(Vec::new()),
        }),
    }
}

/// Ids of one width; one that is absent or all zeros is not present.
fn ids(rows: &[Row<'_>], width: usize, scalar: impl Fn(&Row<'_>) -> Option<Scalar>) -> Column {
    let mut data = Vec::new();
    let mut present = Vec::new();
    for row in rows {
        let id = match scalar(row) {
            Some(Scalar::Bytes(id)) => id,
            _ => vec![0; width],
        };
        present.push(id.iter().any(|byte| *byte != 0));
        data.extend(id);
    }
    Column { values: Values::Fixed(data), present: bitmap(&present) }
}

fn bytes(rows: &[Row<'_>], of: impl Fn(&Row<'_>) -> Option<Vec<u8>>) -> Column {
    let mut column = BytesColumn { offsets: vec![0], data: Vec::new() };
    let mut present = Vec::new();
    for row in rows {
        let value = of(row);
        present.push(value.is_some());
        column.data.extend(value.unwrap_or_default());
        column.offsets.push(column.data.len() as u32);
    }
    Column { values: Values::Bytes(column), present: bitmap(&present) }
}

fn numbers<N: Default>(
    rows: &[Row<'_>],
    shape: fn(Vec<N>) -> Values,
    of: impl Fn(&Row<'_>) -> Option<N>,
) -> Column {
    let values: Vec<_> = rows.iter().map(of).collect();
    let present: Vec<_> = values.iter().map(Option::is_some).collect();
    Column {
        values: shape(values.into_iter().map(Option::unwrap_or_default).collect()),
        present: bitmap(&present),
    }
}

/// Empty where all are present.
fn bitmap(present: &[bool]) -> Vec<u8> {
    if present.iter().all(|present| *present) {
        return Vec::new();
    }
    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    present.chunks(8).map(byte).collect()
}
