//! Backends that fail, while the client waits.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sluice_exporter::{QueueSettings, RetrySettings};
use sluice_otlp::Signal;
use sluice_pipeline::{Accepted, Consumer, Reason};
use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::traffic::{spans_of, traces};
use sluice_tests::wait::until;
use tonic::Status;

use crate::support::{
    Gate, IMPATIENCE, PATIENCE, Rig, addresses, arrived, backend, backends, nobody, payload, plain, queued,
    traces_for,
};

/// While there are no endpoints the client is told to try again, in the Collector's words.
#[tokio::test]
async fn no_endpoints_is_a_refusal() {
    let rig = Rig::start(plain());
    let refusal = rig.send(&traces(1, 1), Signal::Traces, Duration::from_millis(1)).await.unwrap_err();
    assert_eq!(refusal.reason, Reason::Unavailable);
    assert!(refusal.retry_after.is_some());
    assert!(refusal.message.contains("couldn't find the exporter for the endpoint"), "{refusal}");
    assert!(!rig.balancer.ready());
}

/// A client that waits anyhow is served as soon as the first endpoints come.
#[tokio::test]
async fn endpoints_that_come_late_are_waited_for() {
    let backends = backends(2).await;
    let rig = Rig::start(plain());
    let request = traces(20, 2);
    let (reply, ()) = tokio::join!(rig.send_traces(&request), async {
        tokio::task::yield_now().await;
        rig.set_endpoints(&addresses(&backends));
    });
    assert_eq!(reply, Ok(Accepted::all()));
    assert_eq!(arrived(&backends), spans_of(&[request]));
}

/// Only the part that failed is sent again: nothing arrives twice.
#[tokio::test]
async fn only_what_failed_is_sent_again() {
    let flaky =
        backend(Arc::new(
            |asked| {
                if asked < 3 { Err(Status::unavailable("not yet")) } else { Ok(Bytes::new()) }
            },
        ))
        .await;
    let mut backends = backends(3).await;
    backends.push(flaky);
    let rig = Rig::over(plain(), &addresses(&backends)).await;
    let request = traces(100, 4);

    assert_eq!(rig.send_traces(&request).await, Ok(Accepted::all()));

    assert_eq!(arrived(&backends), spans_of(&[request]));
    assert!(backends.iter().all(|backend| backend.recordings().len() == 1));
    assert_eq!(rig.counted("otelcol_exporter_sent_spans_total", &[]), 400.0);
}

/// A backend that is not there fails its own part; the others get theirs, and the client hears of it.
#[tokio::test]
async fn a_dead_backend_fails_its_own_part_only() {
    let backends = backends(3).await;
    let mut addresses = addresses(&backends);
    addresses.push(nobody().await);
    let rig = Rig::over(plain(), &addresses).await;
    let request = traces(100, 1);

    let refusal = rig.send(&request, Signal::Traces, IMPATIENCE).await.unwrap_err();

    assert_eq!(refusal.reason, Reason::Unavailable);
    let (got, sent) = (arrived(&backends), spans_of(&[request]));
    assert!(got.len() < sent.len() && got.iter().all(|(span, count)| *count == 1 && sent.contains_key(span)));
    assert_eq!(rig.counted("otelcol_exporter_sent_spans_total", &[]), got.len() as f64);
    assert_eq!(rig.counted("otelcol_exporter_send_failed_spans_total", &[]), 0.0, "refused is not lost");
}

/// A client without a deadline is told of the failure at once.
#[tokio::test]
async fn without_a_deadline_a_failure_is_told_at_once() {
    let rig = Rig::over(plain(), &[nobody().await]).await;
    let reply = rig.balancer.consume(payload(&traces(1, 1), Signal::Traces, None)).await;
    assert_eq!(reply.unwrap_err().reason, Reason::Unavailable);
}

/// A backend that is killed and comes back loses nothing of a client that sends again what was refused.
#[tokio::test]
async fn a_backend_may_die_and_come_back() {
    let mut backends = backends(3).await;
    let addresses = addresses(&backends);
    let rig = Rig::over(plain(), &addresses).await;
    let (before, during) = (traces(50, 2), traces_for(&addresses, addresses[0], 20));
    assert_eq!(rig.send_traces(&before).await, Ok(Accepted::all()));

    let first = backends.remove(0);
    let early = first.traces();
    let address = first.kill();
    assert!(rig.send(&during, Signal::Traces, IMPATIENCE).await.is_err());
    let restarted = async {
        let again = Backend::start_on(address, accept_all()).await;
        backends.push(again);
    };
    let (reply, ()) = tokio::join!(rig.send_traces(&during), restarted);

    assert_eq!(reply, Ok(Accepted::all()));
    let all: Vec<_> = early.into_iter().chain(backends.iter().flat_map(Backend::traces)).collect();
    assert_eq!(spans_of(&all), spans_of(&[before, during]));
}

/// The full queue of a backend that does not answer refuses its own parts; the others get all of theirs.
#[tokio::test]
async fn a_full_queue_does_not_stop_the_others() {
    let gate = Gate::default();
    let stuck = backend(gate.answer()).await;
    let mut backends = backends(3).await;
    let others = addresses(&backends);
    backends.push(stuck);
    let all = addresses(&backends);
    // Room for two: a request that has arrived is in its queue until the answer has come back.
    let queue = QueueSettings { num_consumers: 1, queue_size: 2, ..QueueSettings::default() };
    let rig = Rig::over(queued(queue, RetrySettings::disabled()), &all).await;
    let stuck = backends.pop().unwrap();

    let mut wanted = Vec::new();
    for _ in 0..5 {
        let mine = traces_for(&all, stuck.address(), 10);
        let mut theirs = others.iter().map(|other| traces_for(&all, *other, 10)).collect::<Vec<_>>();
        let mut request = mine;
        theirs.iter().for_each(|more| request.resource_spans.extend(more.resource_spans.clone()));
        wanted.append(&mut theirs);
        // The stuck queue takes two requests, at most.
        let _ = rig.send(&request, Signal::Traces, Duration::from_millis(100)).await;
        let wanted = spans_of(&wanted);
        until("the others to have theirs", || async { arrived(&backends) == wanted }).await;
    }
    assert!(rig.counted("otelcol_exporter_enqueue_failed_spans_total", &[]) >= 10.0);
    gate.open();
}

/// No room for any part is told at once, with a time to come back.
#[tokio::test]
async fn overload_is_told_at_once() {
    let gate = Gate::default();
    let stuck = backend(gate.answer()).await;
    let queue = QueueSettings { num_consumers: 1, queue_size: 1, ..QueueSettings::default() };
    let rig = Rig::over(queued(queue, RetrySettings::disabled()), &[stuck.address()]).await;

    assert_eq!(rig.send_traces(&traces(1, 1)).await, Ok(Accepted::all()));
    let refusal = rig.send(&traces(1, 1), Signal::Traces, PATIENCE).await.unwrap_err();

    assert_eq!((refusal.reason, refusal.retry_after.is_some()), (Reason::Overloaded, true));
    gate.open();
}
