use super::{Change, Gate};

/// Each crossing of the limit is told once; at the limit itself nothing is short yet.
#[test]
fn crossings_are_told_once() {
    let mut gate = Gate::new(100);
    let seen = [50, 100, 101, 500, 101, 100, 0, 101].map(|used| gate.see(used));
    let expected =
        [None, None, Some(Change::Closed), None, None, Some(Change::Opened), None, Some(Change::Closed)];
    assert_eq!(seen, expected);
}
