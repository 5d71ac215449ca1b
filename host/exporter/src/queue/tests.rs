use std::sync::Arc;
use std::time::{Duration, Instant};

use prometheus_client::registry::Registry;
use tokio::task::JoinSet;

use super::{Overflow, Queue, QueueSettings, Sizer};
use crate::ExporterMetrics;

fn queue(queue_size: usize, block_on_overflow: bool) -> Arc<Queue<usize>> {
    let gauges = ExporterMetrics::register(&mut Registry::default()).queue("test");
    let settings = QueueSettings { queue_size, block_on_overflow, ..QueueSettings::default() };
    Arc::new(Queue::new(&settings, gauges))
}

/// A full queue refuses at once; what was taken out still counts until it is dropped.
#[tokio::test]
async fn a_full_queue_refuses() {
    let queue = queue(2, false);
    for item in 0..2 {
        let place = queue.admit(1).await.unwrap();
        queue.push(item, place).unwrap();
    }
    assert_eq!(queue.admit(1).await.unwrap_err(), Overflow::Full);
    let entry = queue.pop().await.unwrap();
    assert_eq!(queue.admit(1).await.unwrap_err(), Overflow::Full);
    drop(entry);
    assert!(queue.admit(1).await.is_ok());
}

/// Something heavier than the whole queue is taken when the queue is empty, and fills it.
#[tokio::test]
async fn what_is_heavier_than_the_queue_fills_it() {
    let queue = queue(10, false);
    let place = queue.reserve(1_000_000).unwrap();
    assert_eq!(queue.reserve(1).unwrap_err(), Overflow::Full);
    drop(place);
    assert!(queue.reserve(1).is_ok());
}

/// With `block_on_overflow` senders wait for room, and get it in their order.
#[tokio::test]
async fn blocked_senders_are_served_in_order() {
    let queue = queue(1, true);
    let held = queue.admit(1).await.unwrap();
    let mut senders = JoinSet::new();
    for item in 0..5 {
        let sender = Arc::clone(&queue);
        senders.spawn(async move {
            let place = sender.admit(1).await.unwrap();
            sender.push(item, place).unwrap();
        });
        tokio::task::yield_now().await;
    }
    drop(held);
    for item in 0..5 {
        assert_eq!(queue.pop().await.unwrap().item, item);
    }
}

/// Of many takers each entry reaches exactly one, and closing ends all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_entry_reaches_one_taker() {
    let queue = queue(10_000, true);
    let mut takers = JoinSet::new();
    for _ in 0..8 {
        let taker = Arc::clone(&queue);
        takers.spawn(async move {
            let mut taken = Vec::new();
            while let Some(entry) = taker.pop().await {
                taken.push(entry.item);
            }
            taken
        });
    }
    for item in 0..2_000 {
        let place = queue.admit(1).await.unwrap();
        queue.push(item, place).unwrap();
        if item % 50 == 0 {
            tokio::task::yield_now().await;
        }
    }
    queue.idle().await;
    assert!(queue.close().is_empty());
    let mut taken = takers.join_all().await.concat();
    taken.sort_unstable();
    assert_eq!(taken, (0..2_000).collect::<Vec<_>>());
}

/// A delayed entry wakes a waiting taker when it is due, not before, and keeps its room meanwhile.
#[tokio::test]
async fn delayed_entries_come_when_they_are_due() {
    let queue = queue(1, false);
    queue.push(7, queue.reserve(1).unwrap()).unwrap();
    let entry = queue.pop().await.unwrap();
    let due = Instant::now() + Duration::from_millis(30);
    queue.delay(entry, due).unwrap();
    assert_eq!(queue.reserve(1).unwrap_err(), Overflow::Full);
    assert_eq!(queue.pop().await.unwrap().item, 7);
    assert!(Instant::now() >= due);
}

/// A taker that waits for one retry is woken by an earlier one, and by a new entry.
#[tokio::test]
async fn an_earlier_entry_wakes_who_waits_for_a_later_one() {
    let queue = queue(10, false);
    let start = Instant::now();
    for (item, wait) in [(1, 3_600_000), (2, 10)] {
        queue.push(item, queue.reserve(1).unwrap()).unwrap();
        let entry = queue.pop().await.unwrap();
        queue.delay(entry, start + Duration::from_millis(wait)).unwrap();
    }
    assert_eq!(queue.pop().await.unwrap().item, 2);
    let taker = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { queue.pop().await.unwrap().item }
    });
    tokio::task::yield_now().await;
    queue.push(3, queue.reserve(1).unwrap()).unwrap();
    assert_eq!(taker.await.unwrap(), 3);
    assert!(start.elapsed() < Duration::from_secs(3_600));
}

/// Dropping a taker that waits loses nothing and leaves the next one its turn.
#[tokio::test]
async fn a_dropped_taker_loses_nothing() {
    let queue = queue(10, false);
    let waited = tokio::time::timeout(Duration::from_millis(10), queue.pop()).await;
    assert!(waited.is_err());
    queue.push(1, queue.reserve(1).unwrap()).unwrap();
    assert_eq!(queue.pop().await.unwrap().item, 1);
}

/// Closing gives what waits, sends blocked senders away, and takes nothing back.
#[tokio::test]
async fn a_closed_queue_gives_back_everything() {
    let queue = queue(2, true);
    queue.push(1, queue.reserve(1).unwrap()).unwrap();
    queue.push(2, queue.reserve(1).unwrap()).unwrap();
    let out = queue.pop().await.unwrap();
    let blocked = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { queue.admit(1).await.map(drop) }
    });
    tokio::task::yield_now().await;
    let rest: Vec<_> = queue.close().into_iter().map(|entry| entry.item).collect();
    assert_eq!(rest, [2]);
    assert_eq!(blocked.await.unwrap(), Err(Overflow::Closed));
    assert_eq!(queue.delay(out, Instant::now()).unwrap_err().item, 1);
    assert!(queue.pop().await.is_none());
}

/// A queue is idle when nothing is held, neither in it nor taken out; halved and joined places count right.
#[tokio::test]
async fn idle_means_that_nothing_is_held() {
    let queue = queue(8, false);
    queue.push(1, queue.reserve(8).unwrap()).unwrap();
    let mut entry = queue.pop().await.unwrap();
    let mut half = entry.place.halve();
    half.absorb(entry.place.halve());
    drop(entry);
    assert!(queue.reserve(3).is_err(), "two eighths are free");
    let idle = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { queue.idle().await }
    });
    tokio::task::yield_now().await;
    assert!(!idle.is_finished());
    drop(half);
    idle.await.unwrap();
    assert!(queue.reserve(8).is_ok());
}

/// Each sizer counts what its name says, and never nothing.
#[test]
fn sizers_weigh() {
    let weights =
        |items, bytes| [Sizer::Requests, Sizer::Items, Sizer::Bytes].map(|sizer| sizer.weigh(items, bytes));
    assert_eq!(weights(5, 900), [1, 5, 900]);
    assert_eq!(weights(0, 0), [1, 1, 1]);
}

/// Who gathers waits no longer once half of the room is taken, or nothing more can come.
#[tokio::test]
async fn gathering_ends_when_room_is_scarce() {
    const LONG: Duration = Duration::from_secs(3_600);
    let queue = queue(8, false);
    let mut places = Vec::new();
    for _ in 0..3 {
        places.push(queue.reserve(1).unwrap());
    }
    assert!(tokio::time::timeout(Duration::from_millis(20), queue.gather(LONG)).await.is_err());
    places.push(queue.reserve(1).unwrap());
    for _ in 0..3 {
        queue.gather(LONG).await;
    }
    places.clear();
    queue.finish();
    for _ in 0..3 {
        queue.gather(LONG).await;
    }
}

/// A sender that waits for room ends the gathering that it waits for.
#[tokio::test]
async fn gathering_ends_for_who_waits() {
    let queue = queue(8, true);
    let held = queue.admit(3).await.unwrap();
    let waits = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { queue.admit(6).await.map(drop) }
    });
    queue.gather(Duration::from_secs(3_600)).await;
    drop(held);
    assert_eq!(waits.await.unwrap(), Ok(()));
}
