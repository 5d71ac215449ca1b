//! The queue of unrouted payloads.

use std::time::Duration;

use sluice_exporter::{QueueSettings, RetrySettings};
use sluice_otlp::Signal;
use sluice_pipeline::{Accepted, Reason};
use sluice_routing::LoadBalancerSettings;
use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::traffic::{spans_of, traces};
use sluice_tests::wait::until;

use crate::support::{
    Gate, PATIENCE, Rig, addresses, arrived, backend, backends, nobody, plain, quick_retry, traces_for,
};

fn level_one(queue: QueueSettings, retry: RetrySettings) -> LoadBalancerSettings {
    LoadBalancerSettings { queue: Some(queue), retry, ..plain() }
}

/// A request is accepted before there is anybody to send it to, and delivered when there is.
#[tokio::test]
async fn requests_wait_for_the_first_endpoints() {
    let backends = backends(2).await;
    let rig = Rig::start(level_one(QueueSettings::default(), RetrySettings::disabled()));
    let request = traces(20, 2);
    assert_eq!(rig.send_traces(&request).await, Ok(Accepted::all()));

    rig.set_endpoints(&addresses(&backends));

    let wanted = spans_of(&[request]);
    until("it to arrive", || async { arrived(&backends) == wanted }).await;
    until("the queue to be empty", || async {
        rig.counted("otelcol_exporter_queue_size", &["exporter=\"loadbalancing\""]) == 0.0
    })
    .await;
}

/// A full queue refuses with a time to come back, and counts what it refused.
#[tokio::test]
async fn a_full_queue_refuses() {
    let rig = Rig::start(level_one(
        QueueSettings { queue_size: 2, ..QueueSettings::default() },
        quick_retry(PATIENCE),
    ));
    for _ in 0..2 {
        assert_eq!(rig.send_traces(&traces(1, 3)).await, Ok(Accepted::all()));
    }

    let refusal = rig.send_traces(&traces(1, 3)).await.unwrap_err();

    assert_eq!((refusal.reason, refusal.retry_after.is_some()), (Reason::Overloaded, true));
    let label = ["exporter=\"loadbalancing\""];
    assert_eq!(rig.counted("otelcol_exporter_enqueue_failed_spans_total", &label), 3.0);
    assert_eq!(rig.counted("otelcol_exporter_queue_size", &label), 2.0);
    assert_eq!(rig.counted("otelcol_exporter_queue_capacity", &label), 2.0);
}

/// What a backend did not take is delivered when it is back, each span once.
#[tokio::test]
async fn a_backend_that_comes_back_gets_what_waited() {
    let alive = Backend::start().await;
    let dead = nobody().await;
    let rig =
        Rig::over(level_one(QueueSettings::default(), quick_retry(PATIENCE)), &[alive.address(), dead]).await;
    let sent: Vec<_> = (0..5).map(|_| traces(20, 2)).collect();
    for request in &sent {
        assert_eq!(rig.send_traces(request).await, Ok(Accepted::all()));
    }
    until("a failure", || async {
        rig.counted("otelcol_loadbalancer_backend_outcome_total", &["success=\"false\""]) > 0.0
    })
    .await;

    let backends = [alive, Backend::start_on(dead, accept_all()).await];

    let wanted = spans_of(&sent);
    until("all to arrive", || async { arrived(&backends) == wanted }).await;
}

/// A request that waits for its next attempt does not hold a consumer: others pass it.
#[tokio::test]
async fn a_wait_holds_no_consumer() {
    let alive = Backend::start().await;
    let all = [alive.address(), nobody().await];
    let queue = QueueSettings { num_consumers: 1, ..QueueSettings::default() };
    let retry = RetrySettings { initial_interval: PATIENCE, ..RetrySettings::default() };
    let rig = Rig::over(level_one(queue, retry), &all).await;
    let sent = traces_for(&all, all[0], 5);

    assert_eq!(rig.send_traces(&traces_for(&all, all[1], 5)).await, Ok(Accepted::all()));
    assert_eq!(rig.send_traces(&sent).await, Ok(Accepted::all()));

    let wanted = spans_of(&[sent]);
    until("the second to arrive", || async { spans_of(&alive.traces()) == wanted }).await;
    // The backend has the second before its answer is here.
    until("only the first to wait", || async { rig.counted("otelcol_exporter_queue_size", &[]) == 1.0 })
        .await;
}

/// Without a retry, what fails after it was accepted is lost: counted for its backend, with a reason.
#[tokio::test]
async fn losses_are_counted() {
    let dead = nobody().await;
    let rig = Rig::over(level_one(QueueSettings::default(), RetrySettings::disabled()), &[dead]).await;
    assert_eq!(rig.send_traces(&traces(2, 3)).await, Ok(Accepted::all()));

    let label = format!("exporter=\"loadbalancing/{dead}\"");
    until("the loss to be counted", || async {
        rig.counted("otelcol_exporter_send_failed_spans_total", &[&label]) == 6.0
    })
    .await;
    assert_eq!(rig.counted("otelcol_exporter_send_failed_spans_total", &[]), 6.0);
}

/// `block_on_overflow` waits for room as long as the client does.
#[tokio::test]
async fn a_blocking_queue_waits_for_room() {
    let gate = Gate::default();
    let stuck = backend(gate.answer()).await;
    let queue = QueueSettings {
        queue_size: 1,
        num_consumers: 1,
        block_on_overflow: true,
        ..QueueSettings::default()
    };
    let rig = Rig::over(level_one(queue, quick_retry(PATIENCE)), &[stuck.address()]).await;
    let sent = [traces(1, 1), traces(1, 1)];

    assert_eq!(rig.send_traces(&sent[0]).await, Ok(Accepted::all()));
    let refusal = rig.send(&traces(1, 1), Signal::Traces, Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(refusal.reason, Reason::Overloaded);
    let (reply, ()) = tokio::join!(rig.send_traces(&sent[1]), async { gate.open() });

    assert_eq!(reply, Ok(Accepted::all()));
    let wanted = spans_of(&sent);
    until("both to arrive", || async { spans_of(&stuck.traces()) == wanted }).await;
}
