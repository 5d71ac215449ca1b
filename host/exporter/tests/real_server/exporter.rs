use std::sync::Arc;
use std::time::Duration;

use prometheus_client::registry::Registry;
use sluice_exporter::{ExporterMetrics, LaneSettings, OtlpExporter};
use sluice_otlp::{Payload, Request, Signal};
use sluice_pipeline::{Accepted, Consumer, Reason};

use crate::backend::{Answer, Backend};
use crate::support::{Counted, client_settings, direct, later, names, queued, spans, with_queue};

fn payload<S: AsRef<str>>(names: &[S]) -> Payload {
    Payload::bare(Request::scan(Signal::Traces, spans(names)).unwrap())
}

fn start(backend: &Backend, settings: LaneSettings) -> (OtlpExporter, Registry) {
    let mut registry = Registry::default();
    let metrics = ExporterMetrics::register(&mut registry);
    let exporter = OtlpExporter::grpc(
        "otlp".into(),
        &backend.endpoint(),
        &client_settings(),
        Arc::new(settings),
        metrics,
    );
    (exporter.unwrap(), registry)
}

/// A payload that fits leaves as it came, byte for byte.
#[tokio::test]
async fn a_payload_passes_through() {
    let backend = Backend::start().await;
    for settings in [queued(), direct()] {
        let (exporter, registry) = start(&backend, settings);
        let payload = payload(&["a", "b"]);
        assert_eq!(exporter.consume(payload.clone()).await, Ok(Accepted::all()));
        exporter.drain(later()).await;
        assert_eq!(backend.received().pop().unwrap().body, payload.request.body());
        assert_eq!(Counted::of(&registry).get("sent_spans"), 2);
    }
}

/// A payload over `max_request_bytes` leaves in several requests; an item that is over it alone is rejected.
#[tokio::test]
async fn a_large_payload_is_cut() {
    let backend = Backend::start().await;
    let settings = LaneSettings { max_request_bytes: 500, ..direct() };
    let (exporter, registry) = start(&backend, settings);
    let mut all: Vec<_> = (0..60).map(|number| format!("span number {number}")).collect();
    all.push("x".repeat(600));
    let accepted = exporter.consume(payload(&all)).await.unwrap();
    assert_eq!(accepted.rejected, 1);
    assert!(accepted.message.contains("max_request_bytes"), "{accepted:?}");
    let received = backend.received();
    assert!(received.len() > 1 && received.iter().all(|request| request.body.len() <= 500));
    let arrived = received.iter().flat_map(|request| names(&request.body)).count();
    assert_eq!(arrived, 60);
    let counted = Counted::of(&registry);
    assert_eq!([counted.get("sent_spans"), counted.get("send_failed_spans too_large")], [60, 1]);
}

/// When the queue has no room for all parts of a payload it takes none, so that a second try duplicates nothing.
#[tokio::test]
async fn a_payload_is_taken_whole_or_not_at_all() {
    let backend = Backend::answering(|_| Answer::Never).await;
    let settings = LaneSettings { max_request_bytes: 200, ..with_queue(|queue| queue.queue_size = 20) };
    let (exporter, registry) = start(&backend, settings);
    let all: Vec<_> = (0..60).map(|number| format!("span number {number}")).collect();
    exporter.consume(payload(&all)).await.unwrap();
    let held = Counted::of(&registry).get("queue_size");
    assert!((11..=20).contains(&held), "there is room for it once, not twice: {held}");
    let refusal = exporter.consume(payload(&all)).await.unwrap_err();
    assert_eq!(refusal.reason, Reason::Overloaded);
    let counted = Counted::of(&registry);
    assert_eq!([counted.get("queue_size"), counted.get("enqueue_failed_spans")], [held, 60]);
}

/// A payload of more parts than the queue can ever hold goes in as room comes free, instead of never.
#[tokio::test]
async fn a_payload_larger_than_the_queue_gets_through() {
    let backend = Backend::start().await;
    let settings = LaneSettings { max_request_bytes: 200, ..with_queue(|queue| queue.queue_size = 3) };
    let (exporter, registry) = start(&backend, settings);
    let all: Vec<_> = (0..60).map(|number| format!("span number {number}")).collect();
    assert_eq!(exporter.consume(payload(&all)).await, Ok(Accepted::all()));
    exporter.drain(later()).await;
    assert_eq!(Counted::of(&registry).get("sent_spans"), 60);
}

/// With one endpoint and nowhere else to go, what is given up on is lost, and counted so.
#[tokio::test]
async fn what_is_given_up_on_is_counted() {
    let backend = Backend::answering(|_| Answer::code(tonic::Code::Unavailable)).await;
    let mut settings = queued();
    settings.retry.max_elapsed_time = Duration::from_millis(50);
    let (exporter, registry) = start(&backend, settings);
    exporter.consume(payload(&["a", "b"])).await.unwrap();
    crate::support::eventually("it is lost", || {
        Counted::of(&registry).get("send_failed_spans retries_exhausted") == 2
    })
    .await;
    assert_eq!(Counted::of(&registry).get("sent_spans"), 0);
}
