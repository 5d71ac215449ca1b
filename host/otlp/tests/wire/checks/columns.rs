//! Columns of any plan and selection: their shape. What is in them is compared with a decoder by the
//! property tests of columns.

use std::ops::Range;

use sluice_otlp::Payload;
use sluice_otlp::columns::{
    Batch, BytesColumn, Column, Extracted, Field, Intrinsic, Plan, Rows, Table, ValueType, Values,
};

use super::source::Source;

const TABLES: [Table; 10] = [
    Table::Requests,
    Table::Resources,
    Table::Scopes,
    Table::Traces,
    Table::Groups,
    Table::Items,
    Table::Points,
    Table::Events,
    Table::Links,
    Table::Exemplars,
];

const INTRINSICS: [Intrinsic; 30] = [
    Intrinsic::TraceId,
    Intrinsic::SpanId,
    Intrinsic::ParentSpanId,
    Intrinsic::Name,
    Intrinsic::Version,
    Intrinsic::SchemaUrl,
    Intrinsic::Kind,
    Intrinsic::StatusCode,
    Intrinsic::StatusMessage,
    Intrinsic::Start,
    Intrinsic::End,
    Intrinsic::Time,
    Intrinsic::ObservedTime,
    Intrinsic::Flags,
    Intrinsic::Tracestate,
    Intrinsic::SeverityNumber,
    Intrinsic::SeverityText,
    Intrinsic::Body,
    Intrinsic::Unit,
    Intrinsic::Type,
    Intrinsic::Temporality,
    Intrinsic::Monotonic,
    Intrinsic::Value,
    Intrinsic::DroppedCount,
    Intrinsic::SpanCount,
    Intrinsic::ByteSize,
    Intrinsic::Received,
    Intrinsic::Trigger,
    Intrinsic::DroppedEventsCount,
    Intrinsic::DroppedLinksCount,
];

const VALUE_TYPES: [ValueType; 5] =
    [ValueType::Text, ValueType::Int, ValueType::Double, ValueType::Boolean, ValueType::Any];

/// Extracts what a drawn plan asks for, of drawn leaves, and checks that the tables fit together.
pub(crate) fn check_columns(payload: &Payload, source: &mut Source<'_>) {
    let signal = payload.signal();
    let keyed = TABLES[source.below(TABLES.len())];
    if Plan::new(signal, keyed, Vec::new()).is_err() {
        return;
    }
    let mut fields = source.several(12, field);
    fields.retain(|field| Plan::new(signal, keyed, vec![field.clone()]).is_ok());
    let plan = Plan::new(signal, keyed, fields).unwrap();
    let leaves = selection(source, payload.items() as u32);
    let selected = leaves.iter().map(ExactSizeIterator::len).sum();
    check_extracted(&plan.extract(payload, &leaves, 1), keyed, selected);
}

fn field(source: &mut Source<'_>) -> Field {
    let table = TABLES[source.below(TABLES.len())];
    let key = ["a", "service.name", "http.route", ""][source.below(4)];
    match source.below(8) {
        0 => Field::Attributes(table),
        1 => Field::Metadata("tenant".to_owned()),
        2 => Field::Connection,
        3 | 4 => Field::Attribute(table, key.to_owned(), VALUE_TYPES[source.below(VALUE_TYPES.len())]),
        _ => Field::Intrinsic(table, INTRINSICS[source.below(INTRINSICS.len())]),
    }
}

/// Ascending, disjoint ranges of leaves.
fn selection(source: &mut Source<'_>, leaves: u32) -> Vec<Range<u32>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    while start < leaves {
        let end = (start + 1 + source.below(5) as u32).min(leaves);
        ranges.push(start..end);
        start = end + source.below(4) as u32;
    }
    ranges
}

fn check_extracted(extracted: &Extracted, keyed: Table, selected: usize) {
    let Extracted { batch, row_of_leaf } = extracted;
    assert!(batch.tables.is_sorted_by_key(|rows| rows.table), "tables come in order");
    for rows in &batch.tables {
        check_rows(rows, batch);
    }
    assert_eq!(row_of_leaf.len(), selected);
    let keyed = table(batch, keyed).map_or(0, |rows| rows.count);
    let mut reached = vec![false; keyed as usize];
    for row in row_of_leaf {
        reached[*row as usize] = true;
    }
    assert!(reached.iter().all(|reached| *reached), "each row leads to a selected leaf");
}

fn check_rows(rows: &Rows, batch: &Batch) {
    let parents = match rows.table {
        Table::Requests | Table::Traces => None,
        Table::Resources => table(batch, Table::Requests),
        Table::Scopes => table(batch, Table::Resources),
        Table::Groups | Table::Items => table(batch, Table::Scopes),
        Table::Points | Table::Events | Table::Links => table(batch, Table::Items),
        Table::Exemplars => table(batch, Table::Points),
    };
    let expected = if parents.is_some() { rows.count as usize } else { 0 };
    assert_eq!(rows.parent.len(), expected, "a parent a row in {:?}", rows.table);
    assert!(rows.parent.iter().all(|parent| parents.is_some_and(|parents| *parent < parents.count)));
    let traces = table(batch, Table::Traces).map_or(0, |traces| traces.count);
    assert!(rows.trace.iter().all(|trace| *trace < traces));
    for column in &rows.columns {
        check_column(column, rows.count as usize);
    }
}

fn table(batch: &Batch, table: Table) -> Option<&Rows> {
    batch.tables.iter().find(|rows| rows.table == table)
}

fn check_column(column: &Column, rows: usize) {
    assert!(column.present.is_empty() || column.present.len() == rows.div_ceil(8));
    match &column.values {
        Values::Bytes(BytesColumn { offsets, data }) => {
            assert_eq!(offsets.len(), rows + 1);
            assert!(offsets.is_sorted());
            assert_eq!((offsets[0], offsets[rows] as usize), (0, data.len()));
        }
        Values::Fixed(ids) => assert!([8 * rows, 16 * rows].contains(&ids.len())),
        Values::U8s(values) => assert_eq!(values.len(), rows),
        Values::U32s(values) => assert_eq!(values.len(), rows),
        Values::U64s(values) => assert_eq!(values.len(), rows),
        Values::S64s(values) => assert_eq!(values.len(), rows),
        Values::F64s(values) => assert_eq!(values.len(), rows),
    }
}
