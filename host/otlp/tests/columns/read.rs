//! Reading columns back, row by row.

use sluice_otlp::columns::{Column, Rows, Values};

/// One value of one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Bytes(Vec<u8>),
    Fixed(Vec<u8>),
    U8(u8),
    U32(u32),
    U64(u64),
    S64(i64),
    F64(f64),
}

impl Cell {
    pub(crate) fn text(text: &str) -> Self {
        Self::Bytes(text.into())
    }
}

/// A value, and whether the row has the field.
pub(crate) type Read = (Cell, bool);

/// All rows of a column. Checks the column's own rules on the way.
pub(crate) fn column(column: &Column, rows: u32) -> Vec<Read> {
    let rows = rows as usize;
    assert_eq!(count(&column.values, rows), rows, "a value for every row");
    if !column.present.is_empty() {
        assert_eq!(column.present.len(), rows.div_ceil(8), "a bit for every row");
        let ones: u32 = column.present.iter().map(|byte| byte.count_ones()).sum();
        assert!((ones as usize) < rows, "a bitmap only where a row is not present");
    }
    let present = |row: usize| column.present.is_empty() || column.present[row / 8] >> (row % 8) & 1 == 1;
    (0..rows).map(|row| (cell(&column.values, row, rows), present(row))).collect()
}

/// The same for the columns of a table.
pub(crate) fn columns(rows: &Rows) -> Vec<Vec<Read>> {
    rows.columns.iter().map(|values| column(values, rows.count)).collect()
}

fn cell(values: &Values, row: usize, rows: usize) -> Cell {
    match values {
        Values::Bytes(bytes) => {
            let (start, end) = (bytes.offsets[row] as usize, bytes.offsets[row + 1] as usize);
            Cell::Bytes(bytes.data[start..end].to_vec())
        }
        Values::Fixed(data) => {
            let width = data.len() / rows;
            Cell::Fixed(data[row * width..][..width].to_vec())
        }
        Values::U8s(list) => Cell::U8(list[row]),
        Values::U32s(list) => Cell::U32(list[row]),
        Values::U64s(list) => Cell::U64(list[row]),
        Values::S64s(list) => Cell::S64(list[row]),
        Values::F64s(list) => Cell::F64(list[row]),
    }
}

fn count(values: &Values, rows: usize) -> usize {
    match values {
        Values::Bytes(bytes) => {
            assert_eq!(bytes.offsets.first(), Some(&0));
            assert_eq!(bytes.offsets.last().map(|last| *last as usize), Some(bytes.data.len()));
            assert!(bytes.offsets.is_sorted(), "offsets ascend");
            bytes.offsets.len() - 1
        }
        Values::Fixed(data) if rows == 0 => data.len(),
        Values::Fixed(data) => {
            assert!(data.len() == rows * 8 || data.len() == rows * 16, "8 or 16 bytes a row");
            rows
        }
        Values::U8s(list) => list.len(),
        Values::U32s(list) => list.len(),
        Values::U64s(list) => list.len(),
        Values::S64s(list) => list.len(),
        Values::F64s(list) => list.len(),
    }
}
