use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Guarantees: a plugin in order is asked by everybody.
#[test]
fn all_pass_while_nothing_is_wrong() {
    let breaker = Breaker::new();
    assert_eq!(breaker.admit_at(SECOND), Admission::Usual);
    assert!(!breaker.report_at(Admission::Usual, false, SECOND));
    assert_eq!(breaker.admit_at(SECOND), Admission::Usual);
}

/// Guarantees: after a waste of time nobody pays again for a second, and then only one.
#[test]
fn one_tries_after_the_pause() {
    let breaker = Breaker::new();
    breaker.report_at(Admission::Usual, true, SECOND);
    assert_eq!(breaker.admit_at(SECOND * 19 / 10), Admission::Refused);
    assert_eq!(breaker.admit_at(2 * SECOND), Admission::Trial);
    assert_eq!(breaker.admit_at(2 * SECOND), Admission::Refused);
}

/// Guarantees: a good trial opens the way for all, and the next pause is a short one again.
#[test]
fn a_good_trial_ends_the_pauses() {
    let breaker = Breaker::new();
    breaker.report_at(Admission::Usual, true, SECOND);
    assert_eq!(breaker.admit_at(2 * SECOND), Admission::Trial);
    assert!(breaker.report_at(Admission::Trial, false, 2 * SECOND));
    assert_eq!(breaker.admit_at(2 * SECOND), Admission::Usual);
    breaker.report_at(Admission::Usual, true, 3 * SECOND);
    assert_eq!(breaker.admit_at(4 * SECOND), Admission::Trial);
}

/// Guarantees: pauses double while trials fail, up to a minute.
#[test]
fn failed_trials_double_the_pause() {
    let breaker = Breaker::new();
    let mut now = SECOND;
    breaker.report_at(Admission::Usual, true, now);
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(breaker.admit_at(now + pause * SECOND - SECOND / 10), Admission::Refused, "{pause} s");
        now += pause * SECOND;
        assert_eq!(breaker.admit_at(now), Admission::Trial, "{pause} s");
        breaker.report_at(Admission::Trial, true, now);
    }
}

/// Guarantees: requests that waste their time side by side make for one pause, not for a long one.
#[test]
fn trips_at_once_count_once() {
    let breaker = Breaker::new();
    for _ in 0..10 {
        breaker.report_at(Admission::Usual, true, SECOND);
    }
    assert_eq!(breaker.admit_at(2 * SECOND), Admission::Trial);
}

/// Guarantees: a request that was let through before the pause cannot end it.
#[test]
fn latecomers_do_not_end_a_pause() {
    let breaker = Breaker::new();
    breaker.report_at(Admission::Usual, true, SECOND);
    assert!(!breaker.report_at(Admission::Usual, false, SECOND));
    assert_eq!(breaker.admit_at(SECOND), Admission::Refused);
}
