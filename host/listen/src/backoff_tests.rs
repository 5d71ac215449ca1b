use std::io;
use std::time::Duration;

use super::{Backoff, LONGEST};

/// Waits grow while descriptors are short, stay bounded, and start anew after a success.
#[test]
fn waits_grow_and_stay_bounded() {
    let mut backoff = Backoff::default();
    let exhausted = io::Error::other("too many open files");
    assert_eq!(backoff.after(&exhausted), Some(Duration::from_millis(5)));
    assert!(backoff.is_first());
    assert_eq!(backoff.after(&exhausted), Some(Duration::from_millis(10)));
    assert!(!backoff.is_first());
    for _ in 0..100 {
        assert!(backoff.after(&exhausted) <= Some(LONGEST));
    }
    assert_eq!(backoff.after(&exhausted), Some(LONGEST));
    backoff.reset();
    assert_eq!(backoff.after(&exhausted), Some(Duration::from_millis(5)));
}

/// A client that left before it was accepted costs nobody else a wait.
#[test]
fn an_aborted_connection_is_no_reason_to_wait() {
    let error = io::Error::from(io::ErrorKind::ConnectionAborted);
    assert_eq!(Backoff::default().after(&error), None);
}
