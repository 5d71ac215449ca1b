use sluice_otlp::columns::{Column, Values};

use super::*;
use crate::Limits;
use crate::key::check;

/// Keys as a plugin gives them; `None` for a row without one.
fn checked(keys: &[Option<&str>]) -> Checked {
    let mut offsets = vec![0];
    let mut data = Vec::new();
    let mut present = vec![0_u8; keys.len().div_ceil(8)];
    for (row, key) in keys.iter().enumerate() {
        data.extend_from_slice(key.unwrap_or_default().as_bytes());
        offsets.push(u32::try_from(data.len()).unwrap());
        present[row / 8] |= u8::from(key.is_some()) << (row % 8);
    }
    if keys.iter().all(Option::is_some) {
        present.clear();
    }
    let column = Column { values: Values::Bytes(BytesColumn { offsets, data }), present };
    check::answer(column, u32::try_from(keys.len()).unwrap(), &Limits::default()).unwrap()
}

fn leaves(numbers: &[u32]) -> Leaves {
    let mut leaves = Leaves::default();
    numbers.iter().for_each(|&leaf| leaves.push(leaf));
    leaves
}

fn texts(keys: &Keys) -> Vec<Option<&str>> {
    (0..keys.of_leaf.len()).map(|leaf| keys.key(leaf).map(|key| std::str::from_utf8(key).unwrap())).collect()
}

/// Guarantees: one call for all leaves gives the plugin's own column, moved and not copied.
#[test]
fn the_usual_case_copies_nothing() {
    let mut answer = Answer::new(3);
    let column = checked(&[Some("a"), Some("b")]);
    let data = column.keys.data.as_ptr();
    answer.take(&Leaves::all(3), vec![0, 1, 0], column);
    assert!(answer.is_complete());
    let keys = answer.finish(String::new());
    assert_eq!(keys.keys.data.as_ptr(), data);
    assert_eq!(texts(&keys), [Some("a"), Some("b"), Some("a")]);
}

/// Guarantees: keys of several calls and stages come together, each at its leaf.
#[test]
fn parts_come_together() {
    let mut answer = Answer::new(5);
    answer.take(&leaves(&[0, 1, 2]), vec![0, 1, 1], checked(&[None, Some("b")]));
    answer.take(&leaves(&[3, 4]), vec![0, 1], checked(&[Some("d"), None]));
    assert_eq!(answer.open(), leaves(&[0, 4]));
    answer.take(&leaves(&[0, 4]), vec![0, 0], checked(&[Some("e")]));
    assert!(answer.is_complete());
    let keys = answer.finish(String::new());
    assert_eq!(texts(&keys), [Some("e"), Some("b"), Some("b"), Some("d"), Some("e")]);
}

/// Guarantees: what is drawn is one key a row, shared by the row's leaves and different from other rows'.
#[test]
fn rows_without_keys_are_spread_row_by_row() {
    let mut answer = Answer::new(4);
    let rows = [0, 1, 2, 1];
    answer.take(&Leaves::all(4), rows.to_vec(), checked(&[Some("a"), None, None]));
    answer.spread(&Leaves::all(4), &rows, 3);
    assert!(answer.is_complete());
    let keys = answer.finish(String::new());
    assert_eq!(keys.key(0), Some(b"a".as_slice()));
    assert_eq!(keys.key(1), keys.key(3));
    assert_ne!(keys.key(1), keys.key(2));
    assert_eq!(keys.key(2).map(<[u8]>::len), Some(DRAWN_BYTES));
}

/// Guarantees: rejected leaves are counted by why, and have no key.
#[test]
fn rejected_leaves_are_counted() {
    let mut answer = Answer::new(4);
    answer.take(&leaves(&[0, 1]), vec![0, 1], checked(&[Some("a"), None]));
    answer.reject(&leaves(&[2]));
    answer.reject_open();
    assert_eq!((answer.rejected_without_key, answer.rejected_for_failure), (2, 1));
    let keys = answer.finish(String::new());
    assert_eq!(keys.rejected, 3);
    assert_eq!(keys.of_leaf, [0, Keys::REJECTED, Keys::REJECTED, Keys::REJECTED]);
    assert_eq!(texts(&keys), [Some("a"), None, None, None]);
}

/// Guarantees: the empty key is a key.
#[test]
fn open_leaves_can_get_the_empty_key() {
    let mut answer = Answer::new(2);
    answer.take(&Leaves::all(2), vec![0, 1], checked(&[Some("a"), None]));
    answer.empty_open();
    let keys = answer.finish(String::new());
    assert_eq!(texts(&keys), [Some("a"), Some("")]);
    assert_eq!(keys.rejected, 0);
}

/// Guarantees: a request without leaves has an answer too.
#[test]
fn nothing_is_complete() {
    let answer = Answer::new(0);
    assert!(answer.is_complete());
    assert!(answer.finish(String::new()).of_leaf.is_empty());
}
