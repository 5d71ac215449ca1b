//! Under any schedule of faults, what is offered is what comes out, each item once.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sluice_exporter::{LaneSettings, QueueSettings, RetrySettings, Sizer};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::backend::{Answer, Backend};
use crate::support::{Rig, names, trace_part};

/// A backend whose answers are drawn, and stay away where `hangs` says so; it counts the items that it said it took.
async fn moody(seed: u64, hangs: bool, taken: Arc<AtomicI64>) -> Backend {
    let random = Mutex::new(fastrand::Rng::with_seed(seed));
    Backend::answering(move |request| {
        let mut random = random.lock().unwrap();
        let items = names(&request.body).len() as i64;
        match random.u8(0..20) {
            0..=2 => Answer::code(Code::Unavailable),
            3 => {
                let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(3)));
                Answer::Status(Status::with_error_details(Code::ResourceExhausted, "busy", details))
            }
            4 => Answer::code(Code::InvalidArgument),
            5 => Answer::code(Code::PermissionDenied),
            6 | 7 if items > 1 => {
                Answer::Status(Status::resource_exhausted("grpc: received message larger than max"))
            }
            8 if hangs => Answer::Never,
            9 => {
                let rejected = random.i64(0..=items);
                taken.fetch_add(items - rejected, Ordering::SeqCst);
                Answer::Partial(rejected, "as drawn")
            }
            _ => {
                taken.fetch_add(items, Ordering::SeqCst);
                Answer::Ok
            }
        }
    })
    .await
}

fn drawn_settings(random: &mut fastrand::Rng, hangs: bool) -> LaneSettings {
    let sizer = random.choice([Sizer::Requests, Sizer::Items, Sizer::Bytes]).unwrap();
    let queue_size = match sizer {
        Sizer::Requests => 20,
        Sizer::Items => 100,
        Sizer::Bytes => 4_000,
    };
    let queue = QueueSettings {
        enabled: random.u8(0..4) > 0,
        num_consumers: random.usize(1..6),
        queue_size,
        sizer,
        block_on_overflow: random.bool(),
    };
    let retry = RetrySettings {
        initial_interval: Duration::from_millis(2),
        max_interval: Duration::from_millis(8),
        max_elapsed_time: Duration::from_millis(random.u64(10..200)),
        enabled: random.u8(0..5) > 0,
        ..RetrySettings::default()
    };
    LaneSettings {
        queue: Some(queue),
        retry,
        timeout: Duration::from_millis(if hangs { 60 } else { 60_000 }),
        max_request_bytes: random.usize(200..3_000),
    }
}

/// Offers parts of random sizes from several senders; answers with items offered, refused and rejected.
async fn offer(rig: &Rig, random: &mut fastrand::Rng, hangs: bool) -> (i64, i64, i64) {
    let mut senders = tokio::task::JoinSet::new();
    let mut offered = 0;
    for _ in 0..8 {
        let sizes: Vec<_> = (0..15).map(|_| random.usize(1..12)).collect();
        offered += sizes.iter().sum::<usize>() as i64;
        let lane = Arc::clone(&rig.lane);
        senders.spawn(async move {
            let (mut refused, mut rejected) = (0, 0);
            for size in sizes {
                let deadline = hangs.then(|| Instant::now() + Duration::from_millis(150));
                match lane.send(trace_part(&vec!["span"; size]), deadline).await {
                    Ok(accepted) => rejected += accepted.rejected as i64,
                    Err(undelivered) => {
                        rejected += undelivered.accepted.rejected as i64;
                        refused += undelivered.parts.iter().map(|part| i64::from(part.items)).sum::<i64>();
                    }
                }
            }
            (refused, rejected)
        });
    }
    let (mut refused, mut rejected) = (0, 0);
    while let Some(sender) = senders.join_next().await {
        let sender = sender.unwrap();
        refused += sender.0;
        rejected += sender.1;
    }
    (offered, refused, rejected)
}

async fn run(seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let taken = Arc::new(AtomicI64::new(0));
    let hangs = random.bool();
    let backend = moody(random.u64(..), hangs, Arc::clone(&taken)).await;
    let settings = drawn_settings(&mut random, hangs);
    let is_queued = settings.queue.as_ref().is_some_and(|queue| queue.enabled);
    let rig = Rig::new(&backend.endpoint(), settings.clone());
    let (offered, refused, rejected) = offer(&rig, &mut random, hangs).await;
    let retires = random.bool();
    if retires {
        rig.lane.retire();
    }
    rig.lane.drain(Instant::now() + Duration::from_secs(60)).await;

    let counted = rig.counted();
    let (sent, failed) = (counted.get("sent_spans"), counted.sum("send_failed_spans"));
    let handed_back = rig.handed_back_items() as i64;
    let context =
        format!("seed {seed}, {settings:?}, {counted:?}, handed back {handed_back}, refused {refused}");
    assert_eq!(sent + failed + handed_back + refused, offered, "{context}");
    // What the backend took after we had stopped waiting it took, but did not tell us.
    let taken = taken.load(Ordering::SeqCst);
    assert!(if hangs { sent <= taken } else { sent == taken }, "taken {taken}, {context}");
    assert_eq!([counted.get("queue_size"), counted.get("in_flight_requests")], [0, 0], "{context}");
    if !is_queued {
        assert_eq!((rejected, handed_back), (failed, 0), "{context}");
    }
}

/// Sent, lost, handed back and refused add up to what was offered, and what we call sent the backend took.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_item_is_accounted_for_once() {
    for seed in 0..24 {
        run(seed).await;
    }
}
