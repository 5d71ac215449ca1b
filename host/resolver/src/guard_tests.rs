use std::time::Duration;

use tokio::time::Instant;

use super::{Guard, GuardSettings, Ruling};

fn guard(min_backends: usize, hysteresis: u64) -> Guard {
    Guard::new(GuardSettings { min_backends, hysteresis: Duration::from_secs(hysteresis) })
}

/// By default every list is taken.
#[test]
fn by_default_nothing_is_held_back() {
    let now = Instant::now();
    let mut guard = guard(0, 0);
    for (current, new) in [(0, 1), (100, 1), (1, 100)] {
        assert_eq!(guard.judge(current, new, now), Ruling::Taken);
    }
}

/// A list of fewer than min_backends takes the place only of one that had fewer, too: the first list is always taken. The
/// reason is told once.
#[test]
fn a_list_that_is_too_short_is_held_back() {
    let now = Instant::now();
    let mut guard = guard(3, 0);
    assert_eq!(guard.judge(0, 1, now), Ruling::Taken);
    assert_eq!(guard.judge(1, 2, now), Ruling::Taken);
    assert_eq!(guard.judge(2, 6, now), Ruling::Taken);
    let reason = "2 of 6 backends are left, fewer than min_backends (3)".to_owned();
    assert_eq!(guard.judge(6, 2, now), Ruling::HeldBack(Some(reason)));
    assert_eq!(guard.judge(6, 1, now), Ruling::HeldBack(None));
    assert_eq!(guard.judge(6, 3, now), Ruling::Taken);
    assert!(matches!(guard.judge(3, 2, now), Ruling::HeldBack(Some(_))));
}

/// A list that has lost more than half is taken when that has lasted; one that is longer in between starts it anew.
#[test]
fn a_sudden_loss_must_last() {
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let mut guard = guard(0, 60);
    assert_eq!(guard.judge(6, 3, at(0)), Ruling::Taken, "half are left");
    let reason = "2 of 6 backends are left; that must last for 60s (hysteresis)".to_owned();
    assert_eq!(guard.judge(6, 2, at(1)), Ruling::HeldBack(Some(reason)));
    assert_eq!(guard.judge(6, 1, at(59)), Ruling::HeldBack(None));
    assert_eq!(guard.judge(6, 6, at(60)), Ruling::Taken);
    assert!(matches!(guard.judge(6, 2, at(61)), Ruling::HeldBack(Some(_))));
    assert_eq!(guard.judge(6, 2, at(120)), Ruling::HeldBack(None));
    assert_eq!(guard.judge(6, 2, at(121)), Ruling::Taken);
    assert_eq!(guard.judge(2, 2, at(122)), Ruling::Taken);
}
