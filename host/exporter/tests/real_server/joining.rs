use std::time::Duration;

use tonic::{Code, Status};

use crate::backend::{Answer, Backend};
use crate::support::{Rig, direct, eventually, later, log_part, names, part, trace_part, with_queue};

/// The first request, and only that one, takes long: what is sent meanwhile waits.
fn slow_start() -> impl FnMut(&crate::backend::Received) -> Answer + Send + 'static {
    let mut is_first = true;
    move |_| if std::mem::take(&mut is_first) { Answer::Late(Duration::from_millis(300)) } else { Answer::Ok }
}

/// What waits for one signal leaves as one request, whose bytes are the parts' own, in their order.
#[tokio::test]
async fn waiting_parts_leave_together() {
    let backend = Backend::answering(slow_start()).await;
    let rig = Rig::new(&backend.endpoint(), with_queue(|queue| queue.num_consumers = 1));
    rig.send(part("first")).await;
    eventually("it is in flight", || backend.in_flight() == 1).await;
    let parts: Vec<_> = (0..20).map(|number| part(&number.to_string())).collect();
    for part in &parts {
        rig.send(part.clone()).await;
        rig.send(log_part(1)).await;
    }
    rig.lane.drain(later()).await;
    let received = backend.received();
    assert_eq!(received.len(), 3, "one that was slow, one of traces, one of logs");
    let joined: Vec<u8> = parts.iter().flat_map(|part| part.body.to_vec()).collect();
    assert_eq!(received[1].body, joined);
    assert_eq!(rig.counted().get("sent_log_records"), 20);
}

/// Joined requests stay within `max_request_bytes`.
#[tokio::test]
async fn joined_requests_are_bounded() {
    let backend = Backend::answering(slow_start()).await;
    let mut settings = with_queue(|queue| queue.num_consumers = 1);
    let size = part("12345").body.len();
    settings.max_request_bytes = 4 * size;
    let rig = Rig::new(&backend.endpoint(), settings);
    rig.send(part("first")).await;
    eventually("it is in flight", || backend.in_flight() == 1).await;
    for _ in 0..20 {
        rig.send(part("12345")).await;
    }
    rig.lane.drain(later()).await;
    let sizes: Vec<_> = backend.received().iter().skip(1).map(|request| request.body.len()).collect();
    assert_eq!(sizes, [4 * size; 5]);
}

/// A request that is too large for the backend is halved until it fits, whether it was joined or not.
#[tokio::test]
async fn too_large_requests_are_halved() {
    let backend = Backend::with_limit(400).await;
    for settings in [with_queue(|queue| queue.num_consumers = 1), direct()] {
        let rig = Rig::new(&backend.endpoint(), settings);
        let all: Vec<_> = (0..64).map(|number| format!("span number {number}")).collect();
        rig.send(trace_part(&all)).await;
        rig.lane.drain(later()).await;
        assert_eq!(rig.counted().get("sent_spans"), 64);
    }
    let mut arrived: Vec<_> = backend.received().iter().flat_map(|request| names(&request.body)).collect();
    arrived.sort_unstable();
    arrived.dedup();
    assert_eq!(arrived.len(), 64);
    assert!(backend.received().iter().all(|request| request.body.len() <= 400));
}

/// A single item that is too large is counted as lost for that reason, and its neighbours arrive.
#[tokio::test]
async fn an_item_that_is_too_large_is_counted() {
    let backend = Backend::with_limit(400).await;
    for settings in [with_queue(|_| {}), direct()] {
        let rig = Rig::new(&backend.endpoint(), settings);
        rig.send(trace_part(&["small", &"huge".repeat(200), "small"])).await;
        rig.lane.drain(later()).await;
        let counted = rig.counted();
        assert_eq!([counted.get("sent_spans"), counted.get("send_failed_spans too_large")], [2, 1]);
    }
}

/// A part that the backend refuses for good takes none with it that it was joined to.
#[tokio::test]
async fn a_bad_part_is_singled_out() {
    let mut is_first = true;
    let backend = Backend::answering(move |request| {
        if std::mem::take(&mut is_first) {
            return Answer::Late(Duration::from_millis(300));
        }
        let is_bad = names(&request.body).iter().any(|name| name == "bad");
        if is_bad { Answer::code(Code::InvalidArgument) } else { Answer::Ok }
    })
    .await;
    let rig = Rig::new(&backend.endpoint(), with_queue(|queue| queue.num_consumers = 1));
    rig.send(part("first")).await;
    eventually("it is in flight", || backend.in_flight() == 1).await;
    for number in 0..15 {
        rig.send(part(if number == 6 { "bad" } else { "good" })).await;
    }
    rig.lane.drain(later()).await;
    let counted = rig.counted();
    assert_eq!([counted.get("sent_spans"), counted.get("send_failed_spans permanent")], [15, 1]);
}

/// A refusal that is about us, not about the data, is not tried again piece by piece.
#[tokio::test]
async fn a_refusal_of_the_sender_is_final_for_all() {
    let mut is_first = true;
    let backend = Backend::answering(move |_| {
        if std::mem::take(&mut is_first) {
            return Answer::Late(Duration::from_millis(300));
        }
        Answer::Status(Status::unauthenticated("who are you?"))
    })
    .await;
    let rig = Rig::new(&backend.endpoint(), with_queue(|queue| queue.num_consumers = 1));
    rig.send(part("first")).await;
    eventually("it is in flight", || backend.in_flight() == 1).await;
    for _ in 0..10 {
        rig.send(part("refused")).await;
    }
    rig.lane.drain(later()).await;
    assert_eq!(backend.count(), 2);
    assert_eq!(rig.counted().get("send_failed_spans permanent"), 10);
}
