use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderValue;

use super::{Sender, Shelf};
use crate::settings::BatchSettings;

fn shelf(metadata_cardinality_limit: usize) -> Shelf<&'static str> {
    let settings =
        BatchSettings { send_batch_size: 10, metadata_cardinality_limit, ..BatchSettings::default() };
    Shelf::new(Arc::new(settings))
}

fn sender(name: &'static str) -> Sender {
    Arc::new([vec![HeaderValue::from_static(name)]])
}

/// Each combination has a batch, and a time, of its own.
#[test]
fn senders_have_batches_of_their_own() {
    let start = Instant::now();
    let later = start + Duration::from_millis(50);
    let mut shelf = shelf(0);
    assert_eq!(shelf.push(sender("a"), "a1", 6, start), Ok(vec![]));
    assert_eq!(shelf.push(sender("b"), "b1", 6, later), Ok(vec![]));
    assert_eq!(shelf.due(), Some(start + Duration::from_millis(200)));
    assert_eq!(shelf.push(sender("a"), "a2", 6, later), Ok(vec![vec!["a1", "a2"]]));
    assert_eq!(shelf.due(), Some(later + Duration::from_millis(200)));
    assert_eq!(shelf.take_due(later + Duration::from_millis(199)), None);
    assert_eq!(shelf.take_due(later + Duration::from_millis(200)), Some(vec!["b1"]));
    assert_eq!((shelf.due(), shelf.take()), (None, None));
}

/// With a limit, combinations count for good, as in the Collector; what is known goes on.
#[test]
fn a_limit_holds_for_good() {
    let now = Instant::now();
    let mut shelf = shelf(2);
    for name in ["a", "b"] {
        assert_eq!(shelf.push(sender(name), name, 10, now), Ok(vec![vec![name]]));
    }
    assert_eq!(shelf.push(sender("c"), "c", 10, now), Err("c"));
    assert_eq!(shelf.push(sender("a"), "a", 10, now), Ok(vec![vec!["a"]]));
    assert_eq!(shelf.senders(), 2);
}

/// Without a limit, what waits is all that is kept.
#[test]
fn without_a_limit_nothing_is_kept() {
    let now = Instant::now();
    let mut shelf = shelf(0);
    for number in 0..100_u32 {
        let sender: Sender = Arc::new([vec![HeaderValue::from(number)]]);
        assert_eq!(shelf.push(sender, "x", 10, now), Ok(vec![vec!["x"]]));
    }
    assert_eq!(shelf.push(sender("a"), "a", 1, now), Ok(vec![]));
    assert_eq!(shelf.senders(), 1);
    assert_eq!(shelf.take(), Some(vec!["a"]));
    assert_eq!(shelf.senders(), 0);
}
