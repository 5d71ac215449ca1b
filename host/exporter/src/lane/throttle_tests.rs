use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{INTERVAL, Tally, Throttle, Verdict};

fn tally(lines: u64, items: u64, words: &str) -> Tally {
    Tally { lines, items, words: words.to_owned() }
}

/// The first line is written at once; those that follow are added up, with the newest words.
#[test]
fn later_lines_are_added_up() {
    let mut throttle = Throttle::default();
    let start = Instant::now();
    assert_eq!(throttle.line(start, 5, "a".into()), Verdict::Write(tally(1, 5, "a")));
    assert_eq!(throttle.line(start, 1, "b".into()), Verdict::HeldUntil(start + INTERVAL));
    assert_eq!(throttle.line(start, 2, "c".into()), Verdict::Held);
    assert_eq!(throttle.flush(start + INTERVAL), Some(tally(2, 3, "c")));
    assert_eq!(throttle.flush(start + INTERVAL), None);
}

/// After a quiet interval a line is written at once again.
#[test]
fn a_line_after_silence_is_written() {
    let mut throttle = Throttle::default();
    let start = Instant::now();
    throttle.line(start, 1, String::new());
    let later = start + INTERVAL;
    assert_eq!(throttle.line(later, 4, "x".into()), Verdict::Write(tally(1, 4, "x")));
}

proptest! {
    /// Whatever the times, written and held lines add up to all that were given, and at most one is written an interval.
    #[test]
    fn nothing_goes_unsaid(steps in prop::collection::vec((0_u64..6_000, 0_u64..100), 1..80)) {
        let mut throttle = Throttle::default();
        let mut now = Instant::now();
        let mut due: Option<Instant> = None;
        let mut written = Vec::new();
        let mut offered = (0, 0);
        for (pause, items) in steps {
            now += Duration::from_millis(pause);
            if due.is_some_and(|due| due <= now) {
                due = None;
                written.extend(throttle.flush(now).map(|tally| (now, tally)));
            }
            offered = (offered.0 + 1, offered.1 + items);
            match throttle.line(now, items, String::new()) {
                Verdict::Write(tally) => written.push((now, tally)),
                Verdict::HeldUntil(end) => due = Some(end),
                Verdict::Held => prop_assert!(due.is_some()),
            }
        }
        prop_assert!(written.windows(2).all(|pair| pair[1].0 - pair[0].0 >= INTERVAL));
        written.extend(throttle.flush(now).map(|tally| (now, tally)));
        let said = written.iter().fold((0, 0), |sum, (_, tally)| (sum.0 + tally.lines, sum.1 + tally.items));
        prop_assert_eq!(said, offered);
    }
}
