use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Backoff, RetrySettings};
use crate::retry::after;

const MIDDLE: f64 = 0.5;

/// Without chance, the waits are the Collector's: 5, 7.5, 11.25 ... up to 30 s.
#[test]
fn intervals_grow_to_their_bound() {
    let settings = RetrySettings { max_elapsed_time: Duration::ZERO, ..RetrySettings::default() };
    let now = Instant::now();
    let mut backoff = Backoff::new(&settings, now);
    let waits: Vec<_> =
        (0..7).map(|_| backoff.after_failure(&settings, now, None, MIDDLE).unwrap().as_secs_f64()).collect();
    assert_eq!(waits, [5.0, 7.5, 11.25, 16.875, 25.3125, 30.0, 30.0]);
}

/// Chance moves a wait by half its length at most, in both directions.
#[test]
fn chance_spreads_a_wait_around_its_interval() {
    let settings = RetrySettings::default();
    let now = Instant::now();
    let wait = |chance| Backoff::new(&settings, now).after_failure(&settings, now, None, chance).unwrap();
    assert_eq!(wait(0.0), Duration::from_millis(2_500));
    assert_eq!(wait(1.0), Duration::from_millis(7_500));
}

/// A wait is never shorter than what the server asked for, and its wish does not shorten one.
#[test]
fn the_servers_wish_is_a_minimum() {
    let settings = RetrySettings::default();
    let now = Instant::now();
    let wait = |wish| Backoff::new(&settings, now).after_failure(&settings, now, Some(wish), MIDDLE).unwrap();
    assert_eq!(wait(Duration::from_secs(20)), Duration::from_secs(20));
    assert_eq!(wait(Duration::from_secs(1)), Duration::from_secs(5));
}

/// A retry that would begin after `max_elapsed_time` is not waited for.
#[test]
fn a_wait_past_the_end_is_the_end() {
    let settings = RetrySettings { max_elapsed_time: Duration::from_secs(12), ..RetrySettings::default() };
    let start = Instant::now();
    let mut backoff = Backoff::new(&settings, start);
    assert!(backoff.after_failure(&settings, start, None, MIDDLE).is_some());
    let later = start + Duration::from_secs(5);
    assert_eq!(backoff.after_failure(&settings, later, None, MIDDLE), None);
}

/// `enabled: false` means no second attempt.
#[test]
fn nothing_is_retried_when_switched_off() {
    let settings = RetrySettings::disabled();
    let now = Instant::now();
    assert_eq!(Backoff::new(&settings, now).after_failure(&settings, now, None, MIDDLE), None);
}

prop_compose! {
    fn any_settings()(
        initial in 0_u64..100_000,
        randomization_factor in 0.0_f64..=1.0,
        multiplier in prop_oneof![0.0_f64..10.0, Just(f64::INFINITY), Just(f64::NAN)],
        max in 0_u64..200_000,
        elapsed in prop_oneof![Just(0_u64), 1_u64..1_000_000, Just(u64::MAX)],
    ) -> RetrySettings {
        RetrySettings {
            enabled: true,
            initial_interval: Duration::from_millis(initial),
            randomization_factor,
            multiplier,
            max_interval: Duration::from_millis(max),
            max_elapsed_time: Duration::from_millis(elapsed),
        }
    }
}

proptest! {
    /// Whatever the settings, a wait stays within chance's reach of `max_interval`, at or above the
    /// server's wish, and ends before `max_elapsed_time`.
    #[test]
    fn waits_stay_within_their_bounds(
        settings in any_settings(),
        chances in prop::collection::vec(0.0_f64..1.0, 1..40),
        wish in prop::option::of(0_u64..60_000),
    ) {
        let start = Instant::now();
        let wish = wish.map(Duration::from_millis);
        let mut backoff = Backoff::new(&settings, start);
        let mut now = start;
        for chance in chances {
            let Some(wait) = backoff.after_failure(&settings, now, wish, chance) else { return Ok(()) };
            let longest = settings.max_interval.mul_f64(1.0 + settings.randomization_factor) + Duration::from_nanos(10);
            prop_assert!(wait <= longest.max(wish.unwrap_or_default()));
            prop_assert!(wait >= wish.unwrap_or_default());
            now += wait;
            if settings.max_elapsed_time > Duration::ZERO {
                prop_assert!(now.duration_since(start) <= settings.max_elapsed_time);
            }
        }
    }
}

/// A server may ask for any wait; the time after it can always be named.
#[test]
fn no_wait_is_too_long_to_name() {
    let now = Instant::now();
    assert!(after(now, Duration::MAX) > now + Duration::from_secs(1 << 29));
    assert_eq!(after(now, MAX_RETRY), now + MAX_RETRY);
}

const MAX_RETRY: Duration = Duration::from_secs(30);
