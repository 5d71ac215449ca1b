use std::time::{Duration, Instant};

use super::Pending;
use crate::settings::BatchSettings;

fn pending(send_batch_size: usize, send_batch_max_size: usize) -> Pending<&'static str> {
    let timeout = Duration::from_millis(200);
    let settings =
        BatchSettings { send_batch_size, send_batch_max_size, timeout, ..BatchSettings::default() };
    Pending::new(settings.into())
}

/// A batch goes out as soon as it has `send_batch_size` items, whatever the time.
#[test]
fn size_completes_a_batch() {
    let now = Instant::now();
    let mut pending = pending(10, 0);
    assert!(pending.push("a", 6, now).is_empty());
    assert_eq!(pending.push("b", 6, now), vec![vec!["a", "b"]]);
    assert_eq!(pending.due(), None);
}

/// The time counts from the first request, and later ones do not push it back.
#[test]
fn the_first_request_sets_the_time() {
    let start = Instant::now();
    let mut pending = pending(10, 0);
    pending.push("a", 1, start);
    pending.push("b", 1, start + Duration::from_millis(150));
    assert_eq!(pending.due(), Some(start + Duration::from_millis(200)));
    assert_eq!(pending.take(), Some(vec!["a", "b"]));
    assert_eq!(pending.take(), None);
}

/// `send_batch_max_size` is never passed by joining requests: the one that does not fit starts the next batch.
#[test]
fn the_maximum_starts_another_batch() {
    let now = Instant::now();
    let mut pending = pending(10, 12);
    pending.push("a", 8, now);
    assert_eq!(pending.push("b", 8, now), vec![vec!["a"]]);
    assert_eq!(pending.push("c", 3, now), vec![vec!["b", "c"]]);
}

/// Without a timeout every request is its own batch.
#[test]
fn a_zero_timeout_batches_nothing() {
    let mut pending =
        Pending::new(BatchSettings { timeout: Duration::ZERO, ..BatchSettings::default() }.into());
    assert_eq!(pending.push("a", 1, Instant::now()), vec![vec!["a"]]);
}
