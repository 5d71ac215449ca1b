//! Backends that come and go.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use sluice_exporter::{QueueSettings, RetrySettings};
use sluice_otlp::{Payload, Signal, merge};
use sluice_pipeline::{Accepted, Consumer};
use sluice_tests::traffic::{spans_of, traces};
use sluice_tests::wait::until;

use crate::support::{
    Gate, PATIENCE, Rig, addresses, arrived, backend, backends, nobody, owner, payload, plain, queued,
    quick_retry, tenant_keys, traces_for,
};

/// What waits for a backend that is taken off the ring is routed again; nothing is lost, nothing comes twice.
#[tokio::test]
async fn what_waits_for_a_removed_backend_is_routed_again() {
    let gate = Gate::default();
    let leaving = backend(gate.answer()).await;
    let mut backends = backends(2).await;
    let staying = addresses(&backends);
    backends.push(leaving);
    let all = addresses(&backends);
    let queue = QueueSettings { num_consumers: 1, ..QueueSettings::default() };
    let rig = Rig::over(queued(queue, RetrySettings::disabled()), &all).await;
    let sent: Vec<_> = (0..20).map(|_| traces_for(&all, all[2], 10)).collect();
    // The first request is under way when the backend leaves, and stays with it; it holds up all others.
    assert_eq!(rig.send_traces(&sent[0]).await, Ok(Accepted::all()));
    rig.first_is_under_way().await;
    for request in &sent[1..] {
        assert_eq!(rig.send_traces(request).await, Ok(Accepted::all()));
    }

    rig.set_endpoints(&staying);
    let rest = spans_of(&sent[1..]);
    until("the rest to arrive elsewhere", || async { arrived(&backends[..2]) == rest }).await;
    gate.open();
    let wanted = spans_of(&sent);
    until("all to arrive", || async { arrived(&backends) == wanted }).await;

    assert_eq!(rig.counted("sluice_routing_rerouted_items_total", &[]), 190.0);
    until("all to be counted", || async { rig.counted("otelcol_exporter_sent_spans_total", &[]) == 200.0 })
        .await;
    assert_eq!(rig.counted("otelcol_exporter_send_failed_spans_total", &[]), 0.0);
}

/// Routed again, a batch of several tenants' requests still goes by the headers that they came with.
#[tokio::test]
async fn headers_are_kept_for_routing_again() {
    let gate = Gate::default();
    let leaving = backend(gate.answer()).await;
    let mut backends = backends(2).await;
    let staying = addresses(&backends);
    backends.push(leaving);
    let all = addresses(&backends);
    let queue = QueueSettings { num_consumers: 1, ..QueueSettings::default() };
    let settings = queued(queue, RetrySettings::disabled());
    let rig = Rig::over_by(tenant_keys(), settings, &all).await;
    let tenants = (0..).map(|number: u32| format!("tenant-{number}"));
    let tenants: Vec<String> =
        tenants.filter(|name| owner(&all, name.as_bytes()) == all[2]).take(8).collect();

    // The first request is under way when the backend leaves, and stays with it.
    let first = traces(1, 1);
    let first = with_tenant(payload(&first, Signal::Traces, None), &tenants[0]);
    assert_eq!(rig.balancer.consume(first).await, Ok(Accepted::all()));
    rig.first_is_under_way().await;
    let mut wanted = BTreeMap::<SocketAddr, Vec<ExportTraceServiceRequest>>::new();
    let mut batch = Vec::new();
    for tenant in &tenants {
        let request = traces(2, 8);
        batch.push(with_tenant(payload(&request, Signal::Traces, None), tenant));
        wanted.entry(owner(&staying, tenant.as_bytes())).or_default().push(request);
    }
    assert_eq!(rig.balancer.consume(merge(batch).unwrap()).await, Ok(Accepted::all()));

    rig.set_endpoints(&staying);

    for backend in &backends[..2] {
        let wanted = spans_of(wanted.entry(backend.address()).or_default());
        until("each tenant's to arrive at its own backend", || async {
            spans_of(&backend.traces()) == wanted
        })
        .await;
    }
    gate.open();
}

fn with_tenant(payload: Payload, tenant: &str) -> Payload {
    let mut row = payload.metadata[0].clone();
    row.headers =
        Arc::new(HeaderMap::from_iter([(HeaderName::from_static("x-tenant"), tenant.parse().unwrap())]));
    Payload { metadata: Arc::new([row]), ..payload }
}

/// A client that waits for a backend that is taken off the ring is served by the one that has its keys then.
#[tokio::test]
async fn a_waiting_client_follows_the_ring() {
    let backends = backends(1).await;
    let dead = nobody().await;
    let all = [backends[0].address(), dead];
    let rig = Rig::over(plain(), &all).await;
    let request = traces_for(&all, dead, 10);

    let (reply, ()) = tokio::join!(rig.send_traces(&request), async {
        until("a first attempt", || async {
            rig.counted("otelcol_loadbalancer_backend_outcome_total", &["success=\"false\""]) > 0.0
        })
        .await;
        rig.set_endpoints(&all[..1]);
    });

    assert_eq!(reply, Ok(Accepted::all()));
    assert_eq!(arrived(&backends), spans_of(&[request]));
}

/// Backends come and go while requests flow: every one is accepted, and every span arrives once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_under_load_lose_nothing() {
    for settings in [plain(), queued(QueueSettings::default(), RetrySettings::disabled())] {
        let backends = backends(4).await;
        let all = addresses(&backends);
        let rig = Rig::over(settings, &all).await;
        let sent: Vec<_> = (0..150).map(|_| traces(10, 2)).collect();

        let rig = &rig;
        let senders = sent.chunks(50).map(|mine| async move {
            for request in mine {
                let reply = rig.send(request, Signal::Traces, PATIENCE).await;
                assert_eq!(reply, Ok(Accepted::all()));
            }
        });
        let all_sent = futures_util::future::join_all(senders);
        let changes = async {
            for number in 0.. {
                rig.set_endpoints(&all[..=number % 4]);
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::select! {
            _ = all_sent => {}
            () = changes => {}
        }

        let wanted = spans_of(&sent);
        until("all to arrive", || async { arrived(&backends) == wanted }).await;
    }
}

/// A backend that no retry could reach gives back what it had, and a ring without it delivers that.
#[tokio::test]
async fn what_no_retry_could_deliver_follows_the_ring() {
    let backends = backends(1).await;
    let dead = nobody().await;
    let all = [backends[0].address(), dead];
    let mut settings = queued(QueueSettings::default(), quick_retry(Duration::from_millis(100)));
    settings.retry = quick_retry(PATIENCE);
    let rig = Rig::over(settings, &all).await;
    let request = traces_for(&all, dead, 10);
    assert_eq!(rig.send_traces(&request).await, Ok(Accepted::all()));

    until("it to be handed back", || async { rig.counted("sluice_routing_rerouted_items_total", &[]) > 0.0 })
        .await;
    rig.set_endpoints(&all[..1]);

    let wanted = spans_of(&[request]);
    until("it to arrive", || async { arrived(&backends) == wanted }).await;
}

/// With retries used up at both levels, what is lost is counted, once.
#[tokio::test]
async fn what_is_given_up_is_counted() {
    let dead = nobody().await;
    let mut settings = queued(QueueSettings::default(), quick_retry(Duration::from_millis(50)));
    settings.retry = quick_retry(Duration::from_millis(100));
    let rig = Rig::over(settings, &[dead]).await;
    assert_eq!(rig.send_traces(&traces(5, 2)).await, Ok(Accepted::all()));

    let label = format!("exporter=\"loadbalancing/{dead}\"");
    let lost = [label.as_str(), "reason=\"retries_exhausted\""];
    until("the loss to be counted", || async {
        rig.counted("otelcol_exporter_send_failed_spans_total", &lost) == 10.0
    })
    .await;
    assert_eq!(rig.counted("otelcol_exporter_send_failed_spans_total", &[]), 10.0);
    assert_eq!(rig.counted("otelcol_exporter_queue_size", &[]), 0.0);
}
