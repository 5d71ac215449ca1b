use std::fmt::Write;

use super::{LIMIT, Reason};

/// The reasons of rows to which some texts were written.
fn reasons(rows: &[&[&str]]) -> Option<Vec<String>> {
    let mut reason = Reason::new();
    for texts in rows {
        texts.iter().for_each(|text| _ = reason.write_str(text));
        reason.end_row();
    }
    let column = reason.finish();
    let text =
        |ends: &[u32]| String::from_utf8(column.data[ends[0] as usize..ends[1] as usize].to_vec()).unwrap();
    (!column.offsets.is_empty()).then(|| column.offsets.windows(2).map(text).collect())
}

/// Each row has what was written for it, wherever the first reason comes.
#[test]
fn each_row_has_its_reason() {
    assert_eq!(reasons(&[&["a", "b"], &[], &["c"]]).unwrap(), ["ab", "", "c"]);
    assert_eq!(reasons(&[&[], &[], &["c"], &[]]).unwrap(), ["", "", "c", ""]);
}

/// Where no reason was written there is no column.
#[test]
fn no_reasons_are_none() {
    assert_eq!(reasons(&[&[], &[], &[]]), None);
    assert_eq!(reasons(&[]), None);
}

/// What goes beyond the limit is cut, and never within a character.
#[test]
fn long_reasons_are_cut() {
    let long = "x".repeat(LIMIT - 1);
    assert_eq!(
        reasons(&[&[&long, "\u{e9}", "yz"], &["next"]]).unwrap(),
        [format!("{long}y"), "next".to_owned()]
    );
    let huge = "\u{e9}".repeat(LIMIT);
    assert_eq!(reasons(&[&[&huge]]).unwrap()[0].len(), LIMIT);
}
