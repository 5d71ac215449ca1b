use super::*;

const SECOND: u64 = 1_000_000_000;

/// Guarantees (the Collector's composite tests): a second has what the total allows, the next one has it again.
#[test]
fn each_second_has_its_share() {
    let shares = Shares::new(vec![20], 10);
    let taken = |second| (0..20).filter(|_| shares.take(0, 1, second * SECOND)).count();
    assert_eq!((taken(1), taken(1), taken(2)), (10, 0, 10));
}

/// Guarantees: a part keeps to its share, all parts to the total, and a trace is taken whole or not at all.
#[test]
fn parts_keep_to_the_total() {
    let shares = Shares::new(vec![6, 8], 10);
    assert!(!shares.take(0, 7, SECOND));
    assert!(shares.take(0, 6, SECOND));
    assert!(!shares.take(1, 5, SECOND), "4 of the total are left");
    assert!(shares.take(1, 4, SECOND));
    assert!(!shares.take(2, 0, SECOND), "there is no such part");
}

/// Guarantees: a shard that is behind another draws on the second that the other is in; a clock that was set back begins a
/// new one.
#[test]
fn a_second_begins_once() {
    let shares = Shares::new(vec![10], 10);
    let mut taken = Vec::new();
    for second in [4000, 4001, 4000, 3999, 4001, 400, 400, 401] {
        taken.push((0..20).filter(|_| shares.take(0, 1, second * SECOND)).count());
    }
    assert_eq!(taken, [10, 10, 0, 0, 0, 10, 0, 10]);
}
