//! Who gets what.

use std::collections::BTreeMap;
use std::sync::Arc;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use sluice_otlp::Signal;
use sluice_pipeline::Accepted;
use sluice_routing::LoadBalancerSettings;
use sluice_tests::backend::Backend;
use sluice_tests::traffic::{logs, metrics, points_of, records_of, service, spans_of, trace_ids_of, traces};

use crate::support::{
    PATIENCE, Rig, addresses, arrived, backend, backends, large_span, owner, payload, plain, service_keys,
    traces_for,
};

/// Every trace arrives whole at the backend that has it on the ring, every span once and byte for byte.
#[tokio::test]
async fn traces_arrive_whole_where_the_ring_puts_them() {
    let backends = backends(4).await;
    let addresses = addresses(&backends);
    let rig = Rig::over(plain(), &addresses).await;
    let sent: Vec<_> = (0..10).map(|_| traces(50, 8)).collect();

    for request in &sent {
        assert_eq!(rig.send_traces(request).await, Ok(Accepted::all()));
    }

    assert_eq!(arrived(&backends), spans_of(&sent));
    for backend in &backends {
        for id in trace_ids_of(&backend.traces()) {
            assert_eq!(owner(&addresses, &id), backend.address());
        }
    }
    assert_eq!(rig.counted("otelcol_exporter_sent_spans_total", &[]), 4_000.0);
    assert_eq!(rig.counted("otelcol_loadbalancer_backend_outcome_total", &["success=\"true\""]), 40.0);
}

/// Logs and metrics by service arrive once and byte for byte, each service at one backend.
#[tokio::test]
async fn services_stay_together() {
    let backends = backends(3).await;
    let rig = Rig::over(plain(), &addresses(&backends)).await;
    let (logs, metrics) = (logs(20, 5), metrics(20, 5));

    assert_eq!(rig.send(&logs, Signal::Logs, PATIENCE).await, Ok(Accepted::all()));
    assert_eq!(rig.send(&metrics, Signal::Metrics, PATIENCE).await, Ok(Accepted::all()));

    let all_logs: Vec<_> = backends.iter().flat_map(Backend::logs).collect();
    let all_metrics: Vec<_> = backends.iter().flat_map(Backend::metrics).collect();
    assert_eq!(records_of(&all_logs), records_of(&[logs]));
    assert_eq!(points_of(&all_metrics), points_of(&[metrics]));
    let mut homes = BTreeMap::<Vec<u8>, usize>::new();
    for backend in &backends {
        for resource in backend.logs().into_iter().flat_map(|request| request.resource_logs) {
            *homes.entry(resource.resource.unwrap().encode_to_vec()).or_default() += 1;
        }
    }
    assert!(homes.values().all(|&count| count == 1), "a service at two backends, or in two pieces");
}

/// By service, what leaves is no more than 1.05 x what came in: resources are not repeated for each trace, as the
/// Collector does.
#[tokio::test]
async fn routing_by_service_adds_few_bytes() {
    let backends = backends(4).await;
    let rig = Rig::over_by(service_keys(), plain(), &addresses(&backends)).await;
    let mut spans = traces(100, 4);
    for (number, resource) in spans.resource_spans.iter_mut().enumerate() {
        resource.resource = Some(service(&format!("service-{number}")));
    }
    let (logs, metrics) = (logs(20, 30), metrics(20, 30));
    let came_in = spans.encoded_len() + logs.encoded_len() + metrics.encoded_len();

    for (reply, what) in [
        (rig.send(&spans, Signal::Traces, PATIENCE).await, "traces"),
        (rig.send(&logs, Signal::Logs, PATIENCE).await, "logs"),
        (rig.send(&metrics, Signal::Metrics, PATIENCE).await, "metrics"),
    ] {
        assert_eq!(reply, Ok(Accepted::all()), "{what}");
    }

    let recordings = backends.iter().flat_map(Backend::recordings);
    let left: usize = recordings.map(|recording| recording.body.len()).sum();
    assert!(left as f64 <= came_in as f64 * 1.05, "{left} bytes left, {came_in} came in");
    assert_eq!(arrived(&backends), spans_of(&[spans]));
}

/// Data points of a resource without `service.name` are rejected with their exact count; the others go on. They are no
/// exporter's failure: the plugin's host counts them.
#[tokio::test]
async fn items_without_a_key_are_counted() {
    let backends = backends(2).await;
    let rig = Rig::over(plain(), &addresses(&backends)).await;
    let mut request = metrics(3, 4);
    request.resource_metrics[1].resource = None;

    let accepted = rig.send(&request, Signal::Metrics, PATIENCE).await.unwrap();

    assert_eq!(accepted.rejected, 4);
    assert!(!accepted.message.is_empty());
    let points: usize =
        points_of(&backends.iter().flat_map(Backend::metrics).collect::<Vec<_>>()).values().sum();
    assert_eq!(points, 8);
    assert_eq!(rig.counted("otelcol_exporter_send_failed_metric_points_total", &[]), 0.0);
}

/// What each backend rejects is added up for the client.
#[tokio::test]
async fn partial_success_is_added_up() {
    let partly = |rejected_spans| {
        let message = "too old".to_owned();
        let partial = ExportTracePartialSuccess { rejected_spans, error_message: message };
        let answer = ExportTraceServiceResponse { partial_success: Some(partial) };
        backend(Arc::new(move |_| Ok(answer.encode_to_vec().into())))
    };
    let backends = [partly(2).await, partly(3).await];
    let rig = Rig::over(plain(), &addresses(&backends)).await;

    let reply = rig.send_traces(&traces(100, 4)).await;

    assert_eq!(reply, Ok(Accepted::partly(5, "too old")));
    assert_eq!(rig.counted("otelcol_exporter_sent_spans_total", &[]), 395.0);
    assert_eq!(rig.counted("otelcol_exporter_send_failed_spans_total", &["reason=\"rejected\""]), 5.0);
}

/// A span that fits no request is rejected and counted for the backend that should have had it.
#[tokio::test]
async fn what_fits_no_request_is_rejected() {
    let backends = backends(2).await;
    let addresses = addresses(&backends);
    let rig = Rig::over(LoadBalancerSettings { max_request_bytes: 4_096, ..plain() }, &addresses).await;
    let mut request = traces_for(&addresses, addresses[0], 40);
    let large = large_span(5_000);
    let label = format!("exporter=\"loadbalancing/{}\"", owner(&addresses, &large.trace_id));
    request.resource_spans[0].scope_spans[0].spans.push(large);

    let accepted = rig.send_traces(&request).await.unwrap();

    assert_eq!(accepted.rejected, 1);
    request.resource_spans[0].scope_spans[0].spans.pop();
    assert_eq!(arrived(&backends), spans_of(&[request]));
    assert!(backends[0].recordings().iter().all(|recording| recording.body.len() <= 4_096));
    let lost = [label.as_str(), "reason=\"too_large\""];
    assert_eq!(rig.counted("otelcol_exporter_send_failed_spans_total", &lost), 1.0);
}

/// A request without items is fine, whoever is there to take it.
#[tokio::test]
async fn empty_requests_are_accepted() {
    let rig = Rig::start(plain());
    let empty = payload(&ExportTraceServiceRequest::default(), Signal::Traces, None);
    assert_eq!(sluice_pipeline::Consumer::consume(&*rig.balancer, empty).await, Ok(Accepted::all()));
}

/// The series of the ring say who has how much of it.
#[tokio::test]
async fn the_ring_is_told() {
    let backends = backends(4).await;
    let rig = Rig::over(plain(), &addresses(&backends)).await;
    let page = rig.page();
    assert!((page.sum("sluice_ring_share", &["exporter=\"loadbalancing\""]) - 1.0).abs() < 1e-9);
    assert_eq!(page.series("sluice_ring_share", &[]).len(), 4);
    assert_eq!(page.series("sluice_ring_fingerprint", &[]).len(), 1);
}
