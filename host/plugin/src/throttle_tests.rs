use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Guarantees: the burst passes, the flood behind it does not, and one line an interval does again.
#[test]
fn a_flood_is_held_to_burst_and_rate() {
    let throttle = Throttle::new(SECOND, 3);
    let admitted = (0..100).filter(|_| throttle.admit_at(SECOND).is_some()).count();
    assert_eq!(admitted, 3);
    assert_eq!(throttle.admit_at(2 * SECOND), Some(97));
    assert_eq!(throttle.admit_at(2 * SECOND), None);
}

/// Guarantees: the first line passes at once, and says that none was held back.
#[test]
fn the_first_line_passes() {
    assert_eq!(Throttle::new(SECOND, 1).admit_at(Duration::ZERO), Some(0));
}

/// Guarantees: a long silence allows a burst, not all the lines that were not written meanwhile.
#[test]
fn silence_is_not_saved_up() {
    let throttle = Throttle::new(SECOND, 2);
    let admitted = (0..100).filter(|_| throttle.admit_at(1000 * SECOND).is_some()).count();
    assert_eq!(admitted, 2);
}
