use std::fmt::Write;

use super::Keys;
use crate::bindings::sluice::plugin::columns::Values;
use crate::value::is_present;

/// The keys of rows, `None` where there is none.
fn read(keys: Keys) -> Vec<Option<Vec<u8>>> {
    let column = keys.into_raw();
    let Values::Bytes(bytes) = &column.values else { panic!("no bytes") };
    let key = |row: usize| bytes.data[bytes.offsets[row] as usize..bytes.offsets[row + 1] as usize].to_vec();
    (0..bytes.offsets.len() - 1).map(|row| is_present(&column, row).then(|| key(row))).collect()
}

fn write_every(step: usize, rows: usize) -> Keys {
    Keys::for_each(0..rows, |row, key| {
        if row % step == 0 {
            _ = write!(key, "{row}");
        }
    })
}

/// Rows to which something was written are present, the others are not, wherever in a byte they fall.
#[test]
fn rows_without_a_key_are_absent() {
    for step in 1..20 {
        for rows in 0..40 {
            let expected: Vec<_> =
                (0..rows).map(|row| (row % step == 0).then(|| row.to_string().into_bytes())).collect();
            assert_eq!(read(write_every(step, rows)), expected, "{rows} rows, every {step}th");
        }
    }
}

/// No bitmap is made where every row has a key, and it is as long as the rows need otherwise.
#[test]
fn the_bitmap_is_as_long_as_needed() {
    assert!(write_every(1, 100).into_raw().present.is_empty());
    assert_eq!(write_every(2, 9).into_raw().present.len(), 2);
    assert_eq!(write_every(3, 8).into_raw().present, [0b0100_1001]);
}

/// Nothing is no key, and the empty text is one.
#[test]
fn the_empty_key_is_a_key() {
    let keys = Keys::for_each(0..3, |row, key| {
        if row == 1 {
            key.write("");
        }
    });
    assert_eq!(read(keys), [None, Some(vec![]), None]);
}

/// A key is written in pieces, as bytes, text, hex or by format.
#[test]
fn a_key_is_put_together_from_pieces() {
    let keys = Keys::for_each(0..1, |_, key| {
        key.write("a=");
        key.write([1, 2]);
        key.write_hex([0x0f, 0xa0]);
        _ = write!(key, "{:x}", 255);
    });
    assert_eq!(read(keys), [Some(b"a=\x01\x020fa0ff".to_vec())]);
}
