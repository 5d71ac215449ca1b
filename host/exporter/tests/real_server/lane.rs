use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sluice_exporter::GiveUp;
use sluice_pipeline::Reason;
use tonic::Code;

use crate::backend::{Answer, Backend, Gate, dead};
use crate::support::{Rig, direct, eventually, later, log_part, names, part, queued, trace_part, with_queue};

/// Everything that a queue took arrives once, of all signals, and is counted as sent.
#[tokio::test]
async fn queued_parts_arrive_once() {
    let backend = Backend::start().await;
    let rig = Rig::new(&backend.endpoint(), queued());
    for number in 0..300 {
        rig.send(part(&number.to_string())).await;
        rig.send(log_part(2)).await;
    }
    rig.lane.drain(later()).await;
    let received = backend.received();
    let traces = received.iter().filter(|request| request.path.contains("TraceService"));
    let arrived: Vec<_> = traces.flat_map(|request| names(&request.body)).collect();
    assert_eq!(arrived.len(), 300);
    assert_eq!(arrived.iter().collect::<BTreeSet<_>>().len(), 300);
    let counted = rig.counted();
    assert_eq!([counted.get("sent_spans"), counted.get("sent_log_records")], [300, 600]);
    assert_eq!(
        [counted.sum("send_failed"), counted.get("queue_size"), counted.get("in_flight_requests")],
        [0; 3]
    );
    assert!(rig.handed_back().is_empty());
}

/// As many requests are in flight as there are consumers, no fewer and no more.
#[tokio::test]
async fn consumers_are_requests_in_flight() {
    let backend = Backend::answering(|_| Answer::Never).await;
    let rig = Rig::new(&backend.endpoint(), with_queue(|queue| queue.num_consumers = 7));
    for number in 0..7 {
        rig.send(part(&number.to_string())).await;
        // One after the other, so that they are not joined.
        eventually("it is in flight", || backend.in_flight() == number + 1).await;
    }
    for number in 7..50 {
        rig.send(part(&number.to_string())).await;
    }
    assert_eq!(rig.counted().get("in_flight_requests"), 7);
    rig.lane.drain(Instant::now() + Duration::from_millis(100)).await;
    assert_eq!(backend.most_in_flight(), 7);
}

/// A part that waits for its retry leaves its consumer to others.
#[tokio::test]
async fn a_retry_holds_up_nobody() {
    let backend = Backend::answering(|request| {
        if names(&request.body) == ["bad"] { Answer::code(Code::Unavailable) } else { Answer::Ok }
    })
    .await;
    let mut settings = with_queue(|queue| queue.num_consumers = 1);
    settings.retry.initial_interval = Duration::from_secs(3_600);
    settings.retry.max_interval = Duration::from_secs(3_600);
    let rig = Rig::new(&backend.endpoint(), settings);
    rig.send(part("bad")).await;
    eventually("it failed", || backend.count() == 1).await;
    for number in 0..20 {
        rig.send(part(&number.to_string())).await;
    }
    eventually("the others are sent", || rig.counted().get("sent_spans") == 20).await;
    assert_eq!(rig.counted().get("queue_size"), 1);
    rig.lane.retire();
    assert_eq!(rig.handed_back_items(), 1);
}

/// A full queue refuses with the Collector's words and a time; the part comes back whole, and is not lost.
#[tokio::test]
async fn a_full_queue_refuses() {
    let (_socket, address) = dead();
    let rig = Rig::new(&address, with_queue(|queue| queue.queue_size = 3));
    for _ in 0..3 {
        rig.send(trace_part(&["a", "b"])).await;
    }
    let undelivered = rig.lane.send(trace_part(&["c", "d"]), None).await.unwrap_err();
    assert_eq!(undelivered.refusal.reason, Reason::Overloaded);
    assert!(undelivered.refusal.message.contains("sending_queue is full"));
    assert!(undelivered.refusal.retry_after.is_some());
    assert_eq!(undelivered.parts.len(), 1);
    assert_eq!(names(&undelivered.parts[0].body), ["c", "d"]);
    let counted = rig.counted();
    assert_eq!([counted.get("enqueue_failed_spans"), counted.sum("send_failed")], [2, 0]);
    assert_eq!([counted.get("queue_size"), counted.get("queue_capacity")], [3, 3]);
}

/// With `block_on_overflow` a sender waits for room, as long as its deadline allows.
#[tokio::test]
async fn a_blocking_queue_makes_senders_wait() {
    let backend = Backend::start().await;
    let settings = with_queue(|queue| {
        queue.queue_size = 1;
        queue.block_on_overflow = true;
    });
    let rig = Rig::new(&backend.endpoint(), settings.clone());
    for number in 0..10 {
        rig.send(part(&number.to_string())).await;
    }
    rig.lane.drain(later()).await;
    assert_eq!(rig.counted().get("sent_spans"), 10);

    let (_socket, address) = dead();
    let stuck = Rig::new(&address, settings);
    stuck.send(part("first")).await;
    let deadline = Instant::now() + Duration::from_millis(50);
    let undelivered = stuck.lane.send(part("second"), Some(deadline)).await.unwrap_err();
    assert_eq!(undelivered.refusal.reason, Reason::Overloaded);
    assert!(Instant::now() >= deadline);
}

/// Retiring hands back exactly what was not delivered, at once, and takes nothing more.
#[tokio::test]
async fn retiring_hands_back_the_rest() {
    let gate = Gate::default();
    let gated = Answer::Gated(gate.clone());
    let backend = Backend::answering(move |request| match names(&request.body).first().map(String::as_str) {
        Some("good") => Answer::Ok,
        Some("slow") => gated.clone(),
        _ => Answer::code(Code::Unavailable),
    })
    .await;
    let mut settings = with_queue(|queue| queue.num_consumers = 2);
    settings.retry.initial_interval = Duration::from_secs(3_600);
    settings.retry.max_interval = Duration::from_secs(3_600);
    let rig = Rig::new(&backend.endpoint(), settings);
    rig.send(part("good")).await;
    eventually("it is sent", || rig.counted().get("sent_spans") == 1).await;
    rig.send(part("bad")).await;
    eventually("it failed", || backend.count() == 2).await;
    for slow in 1..=2 {
        rig.send(part("slow")).await;
        eventually("it is in flight", || backend.in_flight() == slow).await;
    }
    rig.send(part("waiting")).await;
    eventually("the failed one waits", || rig.counted().get("queue_size") == 4).await;

    rig.lane.retire();
    let handed_back = rig.handed_back();
    let mut back: Vec<_> = handed_back.iter().flat_map(|(part, _)| names(&part.body)).collect();
    back.sort_unstable();
    assert_eq!(back, ["bad", "waiting"]);
    assert!(handed_back.iter().all(|(_, why)| *why == GiveUp::Retired));
    let undelivered = rig.lane.send(part("late"), None).await.unwrap_err();
    assert_eq!(undelivered.refusal.reason, Reason::Unavailable);
    gate.open();
    eventually("what was in flight is sent", || rig.counted().get("sent_spans") == 3).await;
    assert_eq!(rig.handed_back_items(), 2);
    assert_eq!(rig.counted().sum("send_failed"), 0);
}

/// What fails after its lane was retired is handed back then.
#[tokio::test]
async fn what_fails_after_retiring_is_handed_back() {
    let backend = Backend::answering(|_| Answer::Never).await;
    let mut settings = queued();
    settings.timeout = Duration::from_millis(300);
    let rig = Rig::new(&backend.endpoint(), settings);
    rig.send(part("a")).await;
    eventually("it is in flight", || backend.in_flight() == 1).await;
    rig.lane.retire();
    assert!(rig.handed_back().is_empty());
    eventually("it is handed back", || rig.handed_back_items() == 1).await;
    assert_eq!(rig.counted().get("queue_size"), 0);
}

/// Dropping a lane hands back what it holds.
#[tokio::test]
async fn a_dropped_lane_hands_back() {
    let backend = Backend::answering(|_| Answer::code(Code::Unavailable)).await;
    let mut settings = queued();
    settings.retry.initial_interval = Duration::from_secs(3_600);
    settings.retry.max_interval = Duration::from_secs(3_600);
    let rig = Rig::new(&backend.endpoint(), settings);
    rig.send(trace_part(&["a", "b", "c"])).await;
    eventually("it waits for its retry", || backend.count() == 1 && backend.in_flight() == 0).await;
    let handed_back = Arc::clone(&rig.handed_back);
    drop(rig);
    eventually("it is handed back", || handed_back.lock().unwrap().len() == 1).await;
}

/// Draining sends what waits, also what waits for a retry, and refuses what comes meanwhile.
#[tokio::test]
async fn draining_sends_what_is_held() {
    let mut failures = 1;
    let backend = Backend::answering(move |_| {
        failures -= 1;
        if failures >= 0 { Answer::code(Code::Unavailable) } else { Answer::Ok }
    })
    .await;
    let mut settings = queued();
    settings.retry.initial_interval = Duration::from_secs(60);
    let rig = Rig::new(&backend.endpoint(), settings);
    rig.send(part("a")).await;
    eventually("it failed", || backend.count() == 1 && backend.in_flight() == 0).await;
    rig.lane.drain(later()).await;
    assert_eq!(rig.counted().get("sent_spans"), 1);
    let undelivered = rig.lane.send(part("b"), None).await.unwrap_err();
    assert_eq!(undelivered.refusal.reason, Reason::ShuttingDown);
}

/// What cannot be sent until the end of draining is counted as lost, in flight or not, exactly once.
#[tokio::test]
async fn what_is_left_after_draining_is_counted() {
    let backend = Backend::answering(|_| Answer::Never).await;
    let rig = Rig::new(&backend.endpoint(), with_queue(|queue| queue.num_consumers = 2));
    for _ in 0..9 {
        rig.send(trace_part(&["a", "b"])).await;
    }
    eventually("something is in flight", || backend.in_flight() > 0).await;
    let until = Instant::now() + Duration::from_millis(100);
    rig.lane.drain(until).await;
    let counted = rig.counted();
    assert_eq!(counted.get("send_failed_spans shutdown"), 18);
    assert_eq!([counted.sum("send_failed"), counted.sum("sent"), counted.get("queue_size")], [18, 0, 0]);
    assert!(rig.handed_back().is_empty());
}

/// Without a queue the sender hears what the backend said, and a retry happens while it waits.
#[tokio::test]
async fn without_a_queue_the_backend_answers() {
    let mut failures = 2;
    let backend = Backend::answering(move |_| {
        failures -= 1;
        if failures >= 0 { Answer::code(Code::Unavailable) } else { Answer::Partial(1, "too old") }
    })
    .await;
    let rig = Rig::new(&backend.endpoint(), direct());
    let accepted = rig.lane.send(trace_part(&["a", "b", "c"]), Some(later())).await.unwrap();
    assert_eq!((accepted.rejected, accepted.message.as_str()), (1, "too old"));
    assert_eq!(backend.count(), 3);
    let counted = rig.counted();
    assert_eq!([counted.get("sent_spans"), counted.get("send_failed_spans rejected")], [2, 1]);
}

/// Without a queue the deadline bounds the retries; the part comes back, and is not counted as lost.
#[tokio::test]
async fn without_a_queue_the_deadline_bounds_retries() {
    let backend = Backend::answering(|_| Answer::code(Code::Unavailable)).await;
    let rig = Rig::new(&backend.endpoint(), direct());
    let deadline = Instant::now() + Duration::from_millis(200);
    let undelivered = rig.lane.send(part("a"), Some(deadline)).await.unwrap_err();
    assert_eq!(undelivered.refusal.reason, Reason::Unavailable);
    assert!(undelivered.refusal.message.contains("before next retry"));
    assert_eq!(names(&undelivered.parts[0].body), ["a"]);
    assert!(backend.count() > 1);
    assert_eq!(rig.counted().sum("send_failed"), 0);
}

/// Without a queue a final refusal is an answer: rejected items, counted once, not to be sent again.
#[tokio::test]
async fn without_a_queue_a_final_refusal_rejects() {
    let backend = Backend::answering(|_| Answer::code(Code::InvalidArgument)).await;
    let rig = Rig::new(&backend.endpoint(), direct());
    let accepted = rig.lane.send(trace_part(&["a", "b"]), None).await.unwrap();
    assert_eq!(accepted.rejected, 2);
    assert_eq!(backend.count(), 1);
    assert_eq!(rig.counted().get("send_failed_spans permanent"), 2);
}

/// Draining and retiring a lane without a queue end its senders' waits; draining lets the answered finish.
#[tokio::test]
async fn without_a_queue_closing_ends_waits() {
    let mut settings = direct();
    settings.retry.initial_interval = Duration::from_secs(3_600);
    settings.retry.max_interval = Duration::from_secs(3_600);
    let backend = Backend::answering(|_| Answer::code(Code::Unavailable)).await;
    let rig = Rig::new(&backend.endpoint(), settings);
    let lane = Arc::clone(&rig.lane);
    let sender = tokio::spawn(async move { lane.send(part("a"), None).await });
    eventually("it waits for its retry", || backend.count() == 1 && backend.in_flight() == 0).await;
    rig.lane.drain(later()).await;
    let undelivered = sender.await.unwrap().unwrap_err();
    assert_eq!(undelivered.refusal.reason, Reason::ShuttingDown);
    assert_eq!(undelivered.parts.len(), 1);
}
