use std::time::{Duration, Instant};

use sluice_exporter::LaneSettings;
use tonic::{Code, Status};

use crate::backend::{Answer, Backend, Gate, Received};
use crate::support::{Rig, direct, eventually, later, log_part, names, part, trace_part, with_queue};

/// A lane whose one consumer is busy, so that what is sent waits until the gate opens; then `script` answers.
async fn busy(
    change: impl FnOnce(&mut LaneSettings),
    mut script: impl FnMut(&Received) -> Answer + Send + 'static,
) -> (Backend, Rig, Gate) {
    let gate = Gate::default();
    let mut first = Some(gate.clone());
    let backend = Backend::answering(move |request| match first.take() {
        Some(gate) => Answer::Gated(gate),
        None => script(request),
    })
    .await;
    let mut settings = with_queue(|queue| queue.num_consumers = 1);
    change(&mut settings);
    let rig = Rig::new(&backend.endpoint(), settings);
    rig.send(part("first")).await;
    eventually("it is in flight", || backend.in_flight() == 1).await;
    (backend, rig, gate)
}

/// What waits for one signal leaves as one request, whose bytes are the parts' own, in their order.
#[tokio::test]
async fn waiting_parts_leave_together() {
    let (backend, rig, gate) = busy(|_| {}, |_| Answer::Ok).await;
    let parts: Vec<_> = (0..20).map(|number| part(&number.to_string())).collect();
    for part in &parts {
        rig.send(part.clone()).await;
        rig.send(log_part(1)).await;
    }
    gate.open();
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
    let size = part("12345").body.len();
    let (backend, rig, gate) = busy(|settings| settings.max_request_bytes = 4 * size, |_| Answer::Ok).await;
    for _ in 0..20 {
        rig.send(part("12345")).await;
    }
    gate.open();
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
    let script = |request: &Received| {
        let is_bad = names(&request.body).iter().any(|name| name == "bad");
        if is_bad { Answer::code(Code::InvalidArgument) } else { Answer::Ok }
    };
    let (_backend, rig, gate) = busy(|_| {}, script).await;
    for number in 0..15 {
        rig.send(part(if number == 6 { "bad" } else { "good" })).await;
    }
    gate.open();
    rig.lane.drain(later()).await;
    let counted = rig.counted();
    assert_eq!([counted.get("sent_spans"), counted.get("send_failed_spans permanent")], [15, 1]);
}

/// A refusal that is about us, not about the data, is not tried again piece by piece.
#[tokio::test]
async fn a_refusal_of_the_sender_is_final_for_all() {
    let (backend, rig, gate) =
        busy(|_| {}, |_| Answer::Status(Status::unauthenticated("who are you?"))).await;
    for _ in 0..10 {
        rig.send(part("refused")).await;
    }
    gate.open();
    rig.lane.drain(later()).await;
    assert_eq!(backend.count(), 2);
    assert_eq!(rig.counted().get("send_failed_spans permanent"), 10);
}

/// A lane that is used often sends few small requests: one, and after each the next not before others had a moment to
/// join it. So there are no more of them than the time that passed has such moments in it.
#[tokio::test]
async fn small_requests_follow_at_a_distance() {
    const MOMENT: u128 = 5;
    let backend = Backend::start().await;
    let rig = Rig::new(&backend.endpoint(), with_queue(|_| {}));
    let start = Instant::now();
    for number in 0..300 {
        rig.send(part(&number.to_string())).await;
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
    let most = start.elapsed().as_millis() / MOMENT + 2;
    rig.lane.drain(later()).await;
    assert_eq!(rig.counted().get("sent_spans"), 300);
    // Draining sends what is left, at once.
    assert!((backend.count() as u128) <= most + 1, "{} requests, {most} expected", backend.count());
}
