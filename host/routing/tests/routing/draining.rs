//! The end.

use std::time::{Duration, Instant};

use sluice_exporter::{QueueSettings, RetrySettings};
use sluice_pipeline::{Accepted, Reason};
use sluice_routing::LoadBalancerSettings;
use sluice_tests::traffic::{spans_of, traces};

use crate::support::{PATIENCE, Rig, addresses, arrived, backends, nobody, queued, quick_retry};

fn both_levels(retry: RetrySettings) -> LoadBalancerSettings {
    LoadBalancerSettings {
        queue: Some(QueueSettings::default()),
        retry: retry.clone(),
        ..queued(QueueSettings::default(), retry)
    }
}

/// Everything that was accepted is delivered before the end, and nothing is taken any more.
#[tokio::test]
async fn draining_delivers_what_is_held() {
    let backends = backends(3).await;
    let rig = Rig::over(both_levels(quick_retry(PATIENCE)), &addresses(&backends)).await;
    let sent: Vec<_> = (0..50).map(|_| traces(10, 2)).collect();
    for request in &sent {
        assert_eq!(rig.send_traces(request).await, Ok(Accepted::all()));
    }

    rig.balancer.drain(Instant::now() + PATIENCE).await;

    assert_eq!(arrived(&backends), spans_of(&sent));
    assert_eq!(rig.send_traces(&traces(1, 1)).await.unwrap_err().reason, Reason::ShuttingDown);
}

/// What cannot be delivered in time is counted, to the item; the end comes all the same.
#[tokio::test]
async fn what_is_left_is_counted() {
    let backends = backends(1).await;
    let all = [backends[0].address(), nobody().await];
    for settings in [
        both_levels(quick_retry(PATIENCE)),
        LoadBalancerSettings { queue: None, ..both_levels(quick_retry(PATIENCE)) },
    ] {
        let rig = Rig::over(settings, &all).await;
        let before = arrived(&backends).len();
        for _ in 0..10 {
            assert_eq!(rig.send_traces(&traces(20, 1)).await, Ok(Accepted::all()));
        }

        let begin = Instant::now();
        rig.balancer.drain(Instant::now() + Duration::from_millis(500)).await;

        assert!(begin.elapsed() < PATIENCE, "the end took {:?}", begin.elapsed());
        let got = (arrived(&backends).len() - before) as f64;
        assert_eq!(rig.counted("otelcol_exporter_sent_spans_total", &[]), got);
        assert_eq!(rig.counted("otelcol_exporter_send_failed_spans_total", &[]), 200.0 - got);
    }
}

/// Requests that never saw an endpoint are counted under the exporter itself.
#[tokio::test]
async fn what_never_found_an_endpoint_is_counted() {
    let rig = Rig::start(both_levels(quick_retry(PATIENCE)));
    assert_eq!(rig.send_traces(&traces(3, 2)).await, Ok(Accepted::all()));
    rig.balancer.drain(Instant::now() + Duration::from_millis(100)).await;
    let lost = ["exporter=\"loadbalancing\"", "reason=\"shutdown\""];
    assert_eq!(rig.counted("otelcol_exporter_send_failed_spans_total", &lost), 6.0);
}
