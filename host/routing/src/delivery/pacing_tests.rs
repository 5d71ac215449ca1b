use std::time::{Duration, Instant};

use sluice_exporter::RetrySettings;
use sluice_pipeline::{Reason, Refusal};

use super::Pacing;

const SECOND: Duration = Duration::from_secs(1);

fn down() -> Refusal {
    Refusal::new(Reason::Unavailable, "down")
}

fn full() -> Refusal {
    Refusal::new(Reason::Overloaded, "full").retry_after(5 * SECOND)
}

/// With no retry configured, a client's own patience bounds the attempts, and the answer still reaches it.
#[test]
fn a_waiting_client_bounds_the_attempts() {
    let start = Instant::now();
    let mut pacing = Pacing::attended(&RetrySettings::disabled(), Some(start + SECOND), start);
    let (mut now, mut attempts) = (start, 0);
    while let Some(wait) = pacing.after_failure(&down(), false, now, 0.5) {
        now += wait;
        attempts += 1;
    }
    assert!(attempts >= 3, "{attempts} attempts in a second");
    assert!(now <= start + Duration::from_millis(900));
    assert_eq!(pacing.attempt_until(Duration::ZERO, start), Some(start + Duration::from_millis(900)));
}

/// A client that does not say how long it waits is told of the first failure.
#[test]
fn without_a_deadline_nothing_is_tried_again() {
    let now = Instant::now();
    let mut pacing = Pacing::attended(&RetrySettings::disabled(), None, now);
    assert_eq!(pacing.after_failure(&down(), true, now, 0.5), None);
    assert_eq!(pacing.attempt_until(Duration::ZERO, now), None);
}

/// No room for any part is told at once; once a part was taken, the rest waits for room, and not as long
/// as clients are asked to.
#[test]
fn overload_is_told_unless_a_retry_would_duplicate() {
    let now = Instant::now();
    let mut pacing = Pacing::attended(&RetrySettings::disabled(), Some(now + 10 * SECOND), now);
    assert_eq!(pacing.after_failure(&full(), false, now, 0.5), None);
    assert_eq!(pacing.after_failure(&full(), true, now, 0.5), Some(Duration::from_millis(50)));
}

/// Configured retries follow their own back-off, a server's wish, and the client's deadline.
#[test]
fn configured_retries_are_followed() {
    let now = Instant::now();
    let settings = RetrySettings { initial_interval: SECOND, ..RetrySettings::default() };
    let mut pacing = Pacing::unattended(&settings, now);
    assert_eq!(pacing.after_failure(&down(), false, now, 0.5), Some(SECOND));
    assert_eq!(pacing.after_failure(&down().retry_after(9 * SECOND), false, now, 0.5), Some(9 * SECOND));
    assert_eq!(pacing.after_failure(&full(), false, now + 300 * SECOND, 0.5), None);

    let mut pacing = Pacing::attended(&settings, Some(now + SECOND), now);
    assert_eq!(pacing.after_failure(&down(), false, now, 0.5), None);
}

/// A retry configured without any interval does not spin.
#[test]
fn there_is_always_a_pause() {
    let now = Instant::now();
    let settings = RetrySettings {
        initial_interval: Duration::ZERO,
        max_interval: Duration::ZERO,
        ..RetrySettings::default()
    };
    let mut pacing = Pacing::unattended(&settings, now);
    assert_eq!(pacing.after_failure(&down(), false, now, 0.5), Some(Duration::from_millis(10)));
}

/// `timeout` bounds one attempt, the client's deadline all of them.
#[test]
fn an_attempt_ends_with_the_first_bound() {
    let now = Instant::now();
    let pacing = Pacing::unattended(&RetrySettings::default(), now);
    assert_eq!(pacing.attempt_until(2 * SECOND, now), Some(now + 2 * SECOND));
    let pacing = Pacing::attended(&RetrySettings::default(), Some(now + 100 * SECOND), now);
    assert_eq!(pacing.attempt_until(2 * SECOND, now), Some(now + 2 * SECOND));
    assert_eq!(
        pacing.attempt_until(200 * SECOND, now),
        Some(now + 100 * SECOND - Duration::from_millis(250))
    );
}
