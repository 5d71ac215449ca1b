use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use prometheus_client::registry::Registry;
use sluice_otlp::{Payload, Signal};
use sluice_pipeline::{Accepted, Consumer, Reason, Refusal, Reply};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{Arrival, Budget, Intake};
use crate::metrics::Handles;
use crate::rejection::Cause;
use crate::{Consumers, ReceiverMetrics};

/// Resource spans, scope spans, two empty spans.
const TWO_SPANS: &[u8] = b"\x0a\x06\x12\x04\x12\x00\x12\x00";

/// A consumer that does as the test says.
struct Does<F>(F);

impl<F> Consumer for Does<F>
where
    F: Fn(Payload) -> BoxFuture<'static, Reply> + Send + Sync + 'static,
{
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        (self.0)(payload)
    }
}

struct Setup {
    intake: Arc<Intake>,
    budget: Arc<Budget>,
    registry: Registry,
    metrics: Arc<Handles>,
}

fn setup(does: impl Fn(Payload) -> BoxFuture<'static, Reply> + Send + Sync + 'static) -> Setup {
    let mut registry = Registry::default();
    let metrics = Arc::new(ReceiverMetrics::register(&mut registry).handles("otlp", "grpc"));
    let consumers = Consumers { traces: Some(Arc::new(Does(does))), ..Consumers::default() };
    let intake = Arc::new(Intake::new(consumers, metrics.clone()));
    let budget = Arc::new(Budget::new(1 << 20, 0, metrics.clone()));
    Setup { intake, budget, registry, metrics }
}

impl Setup {
    fn arrival(&self, signal: Signal, body: &'static [u8], deadline: Option<Instant>) -> Arrival {
        Arrival {
            signal,
            body: Bytes::from_static(body),
            headers: Arc::new(HeaderMap::new()),
            connection: 7,
            deadline,
            hold: self.budget.admit().expect("room"),
        }
    }

    /// Accepted and refused spans.
    fn counts(&self) -> (u64, u64) {
        let mut page = String::new();
        prometheus_client::encoding::text::encode(&mut page, &self.registry).expect("written");
        let count = |name: &str| {
            let line =
                page.lines().find(|line| line.starts_with(&format!("otelcol_receiver_{name}_spans_total{{")));
            line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).expect(name)
        };
        (count("accepted"), count("refused"))
    }
}

/// The consumer sees who sent the request and how many resources came with it.
#[tokio::test]
async fn the_consumer_sees_where_it_came_from() {
    let setup = setup(|payload| {
        assert_eq!((payload.items(), payload.metadata.len()), (2, 1));
        assert_eq!((payload.metadata[0].connection, payload.metadata[0].resources), (7, 1));
        Box::pin(async { Ok(Accepted::all()) })
    });
    let reply = setup.intake.take(setup.arrival(Signal::Traces, TWO_SPANS, None)).await;
    assert_eq!(reply, Ok(Accepted::all()));
    assert_eq!(setup.counts(), (2, 0));
}

/// A request without items succeeds and is not passed on.
#[tokio::test]
async fn an_empty_request_goes_no_further() {
    let setup = setup(|_| panic!("nothing to consume"));
    for body in [&b""[..], b"\x0a\x00", b"\x0a\x02\x12\x00"] {
        let reply = setup.intake.take(setup.arrival(Signal::Traces, body, None)).await;
        assert_eq!(reply, Ok(Accepted::all()));
    }
    assert_eq!(setup.counts(), (0, 0));
}

/// Every item is counted once: rejected ones as refused, beside those of a refusal.
#[tokio::test]
async fn items_are_counted_once() {
    let setup = setup(|_| Box::pin(async { Ok(Accepted::partly(1, "no key")) }));
    let reply = setup.intake.take(setup.arrival(Signal::Traces, TWO_SPANS, None)).await;
    assert_eq!(reply, Ok(Accepted::partly(1, "no key")));
    assert_eq!(setup.counts(), (1, 1));
}

/// An overload without a word on when to come back gets one: without it some clients never do.
#[tokio::test]
async fn an_overload_says_when_to_come_back() {
    let setup = setup(|_| Box::pin(async { Err(Refusal::new(Reason::Overloaded, "full")) }));
    let rejection =
        setup.intake.take(setup.arrival(Signal::Traces, TWO_SPANS, None)).await.expect_err("full");
    assert_eq!((rejection.cause, rejection.retry_after), (Cause::Overloaded, Some(Duration::from_secs(1))));
    assert_eq!(setup.counts(), (0, 2));
}

/// A panic, in the call as well as in its future, is a refusal of that request only.
#[tokio::test]
async fn a_panic_is_contained() {
    let in_the_call = setup(|_| panic!("a bug"));
    let in_the_future = setup(|_| Box::pin(async { panic!("a {}", "bug") }));
    for setup in [in_the_call, in_the_future] {
        let rejection =
            setup.intake.take(setup.arrival(Signal::Traces, TWO_SPANS, None)).await.expect_err("bug");
        assert_eq!(rejection.cause, Cause::Panic);
        assert!(rejection.message.ends_with("a bug"), "{}", rejection.message);
        assert_eq!(setup.counts(), (0, 2));
        assert_eq!(setup.metrics.in_flight_requests.get(), 0);
    }
}

/// Malformed bytes are refused with the place, and a signal without a pipeline by name.
#[tokio::test]
async fn what_cannot_be_taken_is_named() {
    let setup = setup(|_| panic!("nothing to consume"));
    let arrival = setup.arrival(Signal::Traces, b"\x0a\x06\x12\x04\x12\x05", None);
    let rejection = setup.intake.take(arrival).await.expect_err("malformed");
    assert_eq!(rejection.cause, Cause::Malformed);
    assert!(rejection.message.contains("resource_spans[0]"), "{}", rejection.message);
    let rejection = setup.intake.take(setup.arrival(Signal::Logs, b"", None)).await.expect_err("no pipeline");
    assert_eq!(rejection.cause, Cause::NoPipeline);
    assert_eq!(rejection.message, "no pipeline for logs is configured on this receiver");
}

/// A consumer that has begun goes on when the client leaves or its deadline passes, is counted by what
/// came of it, and is waited for at the end.
#[tokio::test]
async fn what_was_begun_is_finished() {
    let gate = Arc::new(Semaphore::new(0));
    let opened = gate.clone();
    let setup = setup(move |_| {
        let gate = opened.clone();
        Box::pin(async move {
            let _ = gate.acquire().await;
            Ok(Accepted::all())
        })
    });
    let deadline = Some(Instant::now() + Duration::from_millis(20));
    let rejection = setup.intake.take(setup.arrival(Signal::Traces, TWO_SPANS, deadline)).await;
    assert_eq!(rejection.expect_err("too late").cause, Cause::DeadlineExceeded);
    let leaving = setup.intake.take(setup.arrival(Signal::Traces, TWO_SPANS, None));
    assert!(timeout(Duration::from_millis(20), leaving).await.is_err(), "the client leaves");
    assert_eq!((setup.counts(), setup.metrics.in_flight_requests.get()), ((0, 0), 2));
    gate.add_permits(2);
    timeout(Duration::from_secs(30), setup.intake.finish()).await.expect("both are finished");
    assert_eq!((setup.counts(), setup.metrics.in_flight_requests.get()), ((4, 0), 0));
}
