use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sluice_exporter::{GiveUp, LaneSettings, RetrySettings};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::backend::{Answer, Backend};
use crate::support::{RESTARTS, Rig, eventually, later, part, queued};

/// A backend that was killed and comes back gets what was sent meanwhile; nothing is lost.
#[tokio::test]
async fn a_restart_loses_nothing() {
    let backend = Backend::start_at(RESTARTS, usize::MAX, |_| Answer::Ok).await;
    let address = backend.endpoint();
    let rig = Rig::new(&address, queued());
    rig.send(part("before")).await;
    eventually("it is sent", || rig.counted().get("sent_spans") == 1).await;
    backend.kill().await;
    for number in 0..50 {
        rig.send(part(&number.to_string())).await;
    }
    let backend = Backend::start_at(&address, usize::MAX, |_| Answer::Ok).await;
    eventually("all is sent", || rig.counted().get("sent_spans") == 51).await;
    assert!(backend.count() > 0);
    assert_eq!(rig.counted().sum("send_failed"), 0);
    assert!(rig.handed_back().is_empty());
}

/// A server that hangs is given up after the timeout of an attempt, and tried again.
#[tokio::test]
async fn a_hanging_attempt_is_repeated() {
    let mut hangs = 2;
    let backend = Backend::answering(move |_| {
        hangs -= 1;
        if hangs >= 0 { Answer::Never } else { Answer::Ok }
    })
    .await;
    let rig = Rig::new(&backend.endpoint(), LaneSettings { timeout: Duration::from_millis(100), ..queued() });
    rig.send(part("a")).await;
    eventually("it is sent", || rig.counted().get("sent_spans") == 1).await;
    assert_eq!(backend.count(), 3);
}

/// A retry waits at least as long as the server asks for.
#[tokio::test]
async fn retry_info_is_honoured() {
    let times = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&times);
    let backend = Backend::answering(move |_| {
        let mut seen = seen.lock().unwrap();
        seen.push(Instant::now());
        if seen.len() > 1 {
            return Answer::Ok;
        }
        let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(400)));
        Answer::Status(Status::with_error_details(Code::ResourceExhausted, "busy", details))
    })
    .await;
    let rig = Rig::new(&backend.endpoint(), queued());
    rig.send(part("a")).await;
    eventually("it is sent", || rig.counted().get("sent_spans") == 1).await;
    let times = times.lock().unwrap();
    assert!(times[1] - times[0] >= Duration::from_millis(400));
}

/// When the retries are used up, or switched off, the part is handed back with the last error.
#[tokio::test]
async fn exhausted_retries_hand_back() {
    let backend = Backend::answering(|_| Answer::code(Code::Unavailable)).await;
    let short = RetrySettings { max_elapsed_time: Duration::from_millis(60), ..queued().retry };
    for retry in [short, RetrySettings::disabled()] {
        let rig = Rig::new(&backend.endpoint(), LaneSettings { retry, ..queued() });
        rig.send(part("a")).await;
        eventually("it is handed back", || rig.handed_back_items() == 1).await;
        let (_, why) = rig.handed_back().remove(0);
        let GiveUp::RetriesExhausted(error) = why else { panic!("{why}") };
        assert_eq!(error.code, Code::Unavailable);
        assert_eq!([rig.counted().sum("send_failed"), rig.counted().get("queue_size")], [0, 0]);
    }
}

/// A dead backend holds up no other lane.
#[tokio::test]
async fn a_dead_backend_blocks_nobody_else() {
    let dead = Backend::answering(|_| Answer::Never).await;
    let alive = Backend::start().await;
    let stuck = Rig::new(&dead.endpoint(), queued());
    let moving = Rig::new(&alive.endpoint(), queued());
    for number in 0..200 {
        stuck.send(part(&number.to_string())).await;
        moving.send(part(&number.to_string())).await;
    }
    moving.lane.drain(later()).await;
    assert_eq!(moving.counted().get("sent_spans"), 200);
    assert_eq!(stuck.counted().get("sent_spans"), 0);
}
