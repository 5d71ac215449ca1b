use super::*;

fn column(offsets: &[u32], bytes: usize, present: &[u8]) -> Column {
    let keys = BytesColumn { offsets: offsets.to_vec(), data: vec![b'k'; bytes] };
    Column { values: Values::Bytes(keys), present: present.to_vec() }
}

fn limits() -> Limits {
    Limits { max_key_bytes: 100, max_bytes: 1000, ..Limits::default() }
}

fn fault(column: Column, rows: u32) -> String {
    let failure = answer(column, rows, &limits()).expect_err("breaks the contract");
    assert_eq!(failure.reason, FailureReason::Contract);
    failure.message
}

/// Guarantees: an answer in order passes, and says which rows have keys.
#[test]
fn a_good_answer_passes() {
    let all = answer(column(&[0, 2, 2, 5], 5, &[]), 3, &limits()).unwrap();
    assert!(all.are_all_present() && (0..3).all(|row| all.is_present(row)));
    let some = answer(column(&[0, 2, 2, 5], 5, &[0b101]), 3, &limits()).unwrap();
    assert_eq!([0, 1, 2].map(|row| some.is_present(row)), [true, false, true]);
    assert!(answer(column(&[0], 0, &[]), 0, &limits()).is_ok());
}

/// Guarantees: a wrong number of rows is found, none at all included.
#[test]
fn wrong_counts_are_found() {
    assert!(fault(column(&[0, 1, 2], 2, &[]), 3).contains("3 offsets; 3 rows take 4"));
    assert!(fault(column(&[0, 1, 2, 3, 4], 4, &[]), 3).contains("5 offsets"));
    assert!(fault(column(&[], 4, &[]), 3).contains("0 offsets"));
    assert!(fault(column(&[], 0, &[]), 0).contains("0 offsets"));
}

/// Guarantees: no offset can lead outside of the data, or backwards.
#[test]
fn wrong_offsets_are_found() {
    assert!(fault(column(&[1, 2, 3], 3, &[]), 2).contains("first offset is 1"));
    assert!(fault(column(&[0, 3, 2], 2, &[]), 2).contains("go down behind row 1, from 3 to 2"));
    assert!(fault(column(&[0, 2, 9], 5, &[]), 2).contains("last offset is 9, the data ends at 5"));
    assert!(fault(column(&[0, 2, 4], 5, &[]), 2).contains("last offset is 4"));
    assert!(fault(column(&[0, u32::MAX, 4], 4, &[]), 2).contains("row 0"));
}

/// Guarantees: sizes are bounded, of one key and of all.
#[test]
fn large_keys_are_found() {
    assert!(fault(column(&[0, 101], 101, &[]), 1).contains("key of row 0 has 101 bytes; at most 100"));
    let offsets: Vec<u32> = (0..=11).map(|row| row * 100).collect();
    assert!(fault(column(&offsets, 1100, &[]), 11).contains("1100 bytes of keys"));
}

/// Guarantees: a bitmap is of the rows' length, or not there.
#[test]
fn a_wrong_bitmap_is_found() {
    let offsets = [0; 10];
    assert!(fault(column(&offsets, 0, &[255]), 9).contains("`present` has 1 bytes; 9 rows take 2"));
    assert!(fault(column(&offsets, 0, &[255, 1, 0]), 9).contains("3 bytes"));
}

/// Guarantees: another shape than bytes is found.
#[test]
fn a_wrong_shape_is_found() {
    let numbers = Column { values: Values::U64s(vec![1]), present: Vec::new() };
    assert!(fault(numbers, 1).contains("`bytes` column"));
}
