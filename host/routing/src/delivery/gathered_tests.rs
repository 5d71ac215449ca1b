use std::time::Duration;

use bytes::Bytes;
use sluice_exporter::Undelivered;
use sluice_otlp::{Part, Signal};
use sluice_pipeline::{Accepted, Reason, Refusal};

use super::{Gathered, join};

fn part(bucket: u32, items: u32) -> Part {
    Part { bucket, signal: Signal::Traces, body: Bytes::new(), items, metadata: None, sender: None }
}

fn undelivered(parts: Vec<Part>, reason: Reason, message: &str) -> Result<Accepted, Undelivered> {
    let refusal = Refusal::new(reason, message);
    Err(Undelivered { parts, refusal, accepted: Accepted::all() })
}

/// What was taken is not sent again; only what failed is left.
#[test]
fn only_what_failed_is_left() {
    let mut gathered = Gathered::default();
    gathered.add(Ok(Accepted::all()));
    gathered.add(undelivered(vec![part(1, 5)], Reason::Unavailable, "a is down"));
    gathered.add(Ok(Accepted::partly(2, "too old")));

    assert!(gathered.taken);
    assert_eq!(gathered.left.iter().map(|part| part.bucket).collect::<Vec<_>>(), [1]);
    assert_eq!(gathered.accepted, Accepted::partly(2, "too old"));
    assert_eq!(gathered.refusal.unwrap().message, "a is down");
}

/// A failure that no retry cures is counted as rejected with all its items.
#[test]
fn permanent_failures_are_rejections() {
    let mut gathered = Gathered::default();
    gathered.add(undelivered(vec![part(0, 3), part(0, 4)], Reason::Malformed, "not OTLP"));

    assert!(gathered.left.is_empty() && gathered.refusal.is_none() && !gathered.taken);
    assert_eq!(gathered.accepted, Accepted::partly(7, "not OTLP"));
}

/// Several failures become one refusal that waits for the slowest, and says every cause once.
#[test]
fn refusals_are_joined() {
    let full = Refusal::new(Reason::Overloaded, "full").retry_after(Duration::from_secs(1));
    let slow = Refusal::new(Reason::Overloaded, "full").retry_after(Duration::from_secs(3));
    let joined = join(full.clone(), slow);
    assert_eq!((joined.reason, joined.message.as_str()), (Reason::Overloaded, "full"));
    assert_eq!(joined.retry_after, Some(Duration::from_secs(3)));

    let joined = join(full, Refusal::new(Reason::Unavailable, "down"));
    assert_eq!((joined.reason, joined.message.as_str()), (Reason::Unavailable, "full; down"));
}

/// A hundred dead backends do not make a message of a hundred sentences.
#[test]
fn joined_messages_are_bounded() {
    let refusal = |number: usize| Refusal::new(Reason::Unavailable, format!("{number} is down"));
    let joined = (1..100).map(refusal).fold(refusal(0), join);
    assert_eq!(joined.message, "0 is down; 1 is down; 2 is down; 3 is down");
}
