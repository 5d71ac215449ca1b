use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Backlog, LOOK_AHEAD, Take};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What was pushed comes out in its order; what is due for its retry goes before it, the longest due first.
#[test]
fn due_entries_go_first() {
    let start = Instant::now();
    let mut backlog = Backlog::new();
    backlog.push("first").unwrap();
    backlog.push("second").unwrap();
    backlog.delay("later", start + seconds(2)).unwrap();
    backlog.delay("sooner", start + seconds(1)).unwrap();
    backlog.delay("much later", start + seconds(9)).unwrap();
    assert_eq!(backlog.take(start), Some("first"));
    let now = start + seconds(2);
    assert_eq!(
        [backlog.take(now), backlog.take(now), backlog.take(now)],
        ["sooner", "later", "second"].map(Some)
    );
    assert_eq!(backlog.take(now), None);
    assert_eq!(backlog.next_due(), Some(start + seconds(9)));
}

/// Entries due at the same time keep their order.
#[test]
fn equal_times_keep_their_order() {
    let now = Instant::now();
    let mut backlog = Backlog::new();
    (0..5).for_each(|entry| backlog.delay(entry, now).unwrap());
    let taken: Vec<_> = std::iter::from_fn(|| backlog.take(now)).collect();
    assert_eq!(taken, [0, 1, 2, 3, 4]);
}

/// Choosing leaves what is left in its order and stops where it is told to.
#[test]
fn choosing_keeps_the_order_of_the_rest() {
    let mut backlog = Backlog::new();
    (0..8).for_each(|entry| backlog.push(entry).unwrap());
    let even_below_five = |entry: &i32| match entry {
        5.. => Take::Stop,
        entry if entry % 2 == 0 => Take::Yes,
        _ => Take::No,
    };
    assert_eq!(backlog.take_more(even_below_five), [0, 2, 4]);
    assert_eq!(backlog.close(), [1, 3, 5, 6, 7]);
}

/// Looking for company is bounded, however long the queue.
#[test]
fn choosing_looks_at_a_bounded_number() {
    let mut backlog = Backlog::new();
    (0..LOOK_AHEAD * 3).for_each(|entry| backlog.push(entry).unwrap());
    let mut looked_at = 0;
    let taken = backlog.take_more(|_| {
        looked_at += 1;
        Take::No
    });
    assert!(taken.is_empty());
    assert_eq!(looked_at, LOOK_AHEAD);
}

/// Finishing takes nothing new, but still what was taken out, and makes everything due.
#[test]
fn finishing_makes_everything_due() {
    let now = Instant::now();
    let mut backlog = Backlog::new();
    backlog.push(2).unwrap();
    backlog.delay(0, now + seconds(10)).unwrap();
    backlog.delay(1, now + seconds(20)).unwrap();
    backlog.finish();
    assert_eq!(backlog.push(9), Err(9));
    let taken: Vec<_> = std::iter::from_fn(|| backlog.take(now)).collect();
    assert_eq!(taken, [0, 1, 2]);
    backlog.delay(0, now).unwrap();
    assert_eq!(backlog.close(), [0]);
    assert_eq!(backlog.delay(0, now), Err(0));
}

proptest! {
    /// Nothing is lost and nothing comes twice, whatever is pushed, delayed, taken and chosen.
    #[test]
    fn every_entry_comes_out_once(steps in prop::collection::vec((0_u8..4, 0_u64..50), 0..200)) {
        let start = Instant::now();
        let mut backlog = Backlog::new();
        let (mut next, mut out) = (0, Vec::new());
        for (number, (action, amount)) in steps.into_iter().enumerate() {
            let now = start + seconds(number as u64);
            match action {
                0 => backlog.push(next).unwrap(),
                1 => backlog.delay(next, now + seconds(amount)).unwrap(),
                2 => out.extend(backlog.take(now)),
                _ => out.extend(backlog.take_more(|entry| if entry % 3 == 0 { Take::Yes } else { Take::No })),
            }
            next += u64::from(action < 2);
        }
        out.extend(backlog.close());
        out.sort_unstable();
        prop_assert_eq!(out, (0..next).collect::<Vec<_>>());
    }
}
