use std::time::Duration;

use super::Backoff;

/// Each wait is up to twice the one before, never longer than the longest, and the first again after a success.
#[test]
fn waits_grow_up_to_a_bound() {
    let mut backoff = Backoff::up_to(Duration::from_secs(15));
    let waits: Vec<Duration> = (0..40).map(|_| backoff.failed(1.0)).collect();
    assert_eq!(waits[..3], [500, 1000, 2000].map(Duration::from_millis));
    assert_eq!(waits[39], Duration::from_secs(15));
    backoff.succeeded();
    assert_eq!(backoff.failed(0.0), Duration::from_millis(250));
}
