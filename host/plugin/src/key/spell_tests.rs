use super::*;

const QUIET: Duration = Duration::from_secs(60);

/// Guarantees: one word at the beginning and one at the end, with the number of all items, whatever came between.
#[test]
fn a_spell_begins_and_ends_once() {
    let mut spell = Spell::new(QUIET);
    let start = Instant::now();
    assert_eq!(spell.over(start), None);
    assert!(spell.met(start, 3));
    for second in 1..200 {
        let now = start + Duration::from_secs(second);
        assert_eq!(spell.over(now), None);
        assert!(!spell.met(now, 1));
    }
    let last = start + Duration::from_secs(199);
    assert_eq!(spell.over(last + QUIET / 2), None);
    assert_eq!(spell.over(last + QUIET), Some(202));
    assert_eq!(spell.over(last + 2 * QUIET), None);
}

/// Guarantees: what comes back after the end is a change again.
#[test]
fn a_second_spell_is_another() {
    let mut spell = Spell::new(QUIET);
    let start = Instant::now();
    assert!(spell.met(start, 1));
    assert_eq!(spell.over(start + QUIET), Some(1));
    assert!(spell.met(start + QUIET, 5));
    assert_eq!(spell.over(start + 2 * QUIET), Some(5));
}
