//! Headers of senders that are sent on.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use prometheus_client::registry::Registry;
use sluice_auth::{ClientAuth, Credential, HeaderAction, HeaderRule, HeaderSource, HeadersSetterSettings};
use sluice_exporter::{ClientSettings, ExporterMetrics, LaneSettings, OtlpExporter};
use sluice_otlp::{Payload, Request, RequestMetadata, Signal, merge};
use sluice_pipeline::Consumer;

use crate::backend::{Answer, Backend, Gate};
use crate::support::{Counted, client_settings, direct, later, names, queued, spans, with_queue};

/// Sends the sender's `x-tenant` on as `x-scope-orgid`.
fn tenants() -> ClientAuth {
    let source = HeaderSource::FromContext {
        header: "x-tenant".to_owned(),
        default: Some(Credential::Text("nobody".to_owned())),
    };
    let rules = vec![HeaderRule { key: "X-Scope-OrgID".to_owned(), action: HeaderAction::Upsert(source) }];
    let settings = HeadersSetterSettings { rules, additional: None, reload_interval: Duration::ZERO };
    ClientAuth::headers_setter("extensions::headers_setter", settings).unwrap()
}

/// A request of a sender with these values of `x-tenant`; its spans are called like the last one.
fn request(values: &[&'static str], count: usize) -> Payload {
    let name = values.last().copied().unwrap_or("nobody");
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append("x-tenant", value.parse().unwrap());
    }
    let request = Request::scan(Signal::Traces, spans(&vec![name; count])).unwrap();
    let row = RequestMetadata { headers: Arc::new(headers), connection: 0, resources: 1 };
    Payload { metadata: Arc::new([row]), ..Payload::bare(request) }
}

fn start(backend: &Backend, settings: LaneSettings) -> (OtlpExporter, Registry) {
    let mut registry = Registry::default();
    let metrics = ExporterMetrics::register(&mut registry);
    let client = ClientSettings { auth: Some(tenants()), ..client_settings() };
    let exporter =
        OtlpExporter::grpc("otlp".into(), &backend.endpoint(), &client, Arc::new(settings), metrics);
    (exporter.unwrap(), registry)
}

/// How many spans have arrived, all of them with the header of their own sender.
fn arrived(backend: &Backend) -> usize {
    let mut count = 0;
    for request in backend.received() {
        let names = names(&request.body);
        count += names.len();
        assert!(names.iter().all(|name| request.headers["x-scope-orgid"] == name.as_str()), "{names:?}");
    }
    count
}

/// Requests of several senders that `batch` has joined leave apart, each with the header of its own; in the queue they
/// are not joined again, and when the backend takes smaller requests only, the halves keep their header.
#[tokio::test]
async fn each_span_leaves_with_its_sender_s_header() {
    let batch = || {
        let requests = [&["a"][..], &["b"], &["a"], &[], &["b"]].map(|values| request(values, 3));
        merge(requests.to_vec()).unwrap()
    };
    for settings in [direct(), queued()] {
        let backend = Backend::start().await;
        let (exporter, registry) = start(&backend, settings);
        exporter.consume(batch()).await.unwrap();
        exporter.drain(later()).await;
        assert_eq!(arrived(&backend), 15);
        assert_eq!(Counted::of(&registry).get("sent_spans"), 15);
    }

    let gate = Gate::default();
    let waiting = gate.clone();
    let backend = Backend::answering(move |_| Answer::Gated(waiting.clone())).await;
    let (exporter, _registry) = start(&backend, with_queue(|queue| queue.num_consumers = 1));
    for _ in 0..5 {
        exporter.consume(batch()).await.unwrap();
    }
    gate.open();
    exporter.drain(later()).await;
    assert_eq!(arrived(&backend), 75);
    assert!(
        backend.received().len() < 15,
        "what has the same header is joined: {}",
        backend.received().len()
    );

    let small = Backend::with_limit(150).await;
    let (exporter, registry) = start(&small, queued());
    exporter.consume(batch()).await.unwrap();
    exporter.drain(later()).await;
    assert_eq!((arrived(&small), Counted::of(&registry).get("sent_spans")), (15, 15));
}

/// A sender that says a header twice has its items rejected, and counted; those that travel with them do not suffer.
#[tokio::test]
async fn who_says_two_things_is_rejected_alone() {
    let backend = Backend::start().await;
    let (exporter, registry) = start(&backend, direct());
    let batch = merge(vec![request(&["a"], 2), request(&["a", "b"], 3), request(&["a"], 1)]).unwrap();
    let accepted = exporter.consume(batch).await.unwrap();
    assert_eq!(accepted.rejected, 3);
    assert!(accepted.message.contains("more than one header \"x-tenant\""), "{accepted:?}");
    assert_eq!(arrived(&backend), 3);
    let counted = Counted::of(&registry);
    assert_eq!([counted.get("sent_spans"), counted.get("send_failed_spans rejected")], [3, 3]);
}
