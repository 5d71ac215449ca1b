use std::time::{Duration, Instant};

use super::Throttle;

/// One line per period, and the count of the others is exact.
#[test]
fn held_back_lines_are_counted() {
    let period = Duration::from_secs(10);
    let throttle = Throttle::new(period);
    let start = Instant::now();
    assert_eq!(throttle.pass(start), Some(0));
    for _ in 0..5 {
        assert_eq!(throttle.pass(start + period / 2), None);
    }
    assert_eq!(throttle.pass(start + period * 2), Some(5));
    assert_eq!(throttle.pass(start + period * 2), None);
}
