use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prometheus_client::registry::Registry;
use prost::Message;
use sluice_otlp::{Payload, Request, RequestMetadata, Signal};
use sluice_pipeline::{Accepted, Consumer, Reason, Refusal, Reply};

use super::{BatchProcessor, Batching};
use crate::metrics::BatchMetrics;
use crate::settings::{Ack, BatchSettings};

/// A next stage that keeps what it gets and answers as it was told to.
struct Next {
    reply: Reply,
    got: Mutex<Vec<Payload>>,
}

impl Next {
    fn new(reply: Reply) -> Arc<Self> {
        Arc::new(Self { reply, got: Mutex::default() })
    }

    fn sizes(&self) -> Vec<usize> {
        self.got.lock().expect("a lock").iter().map(Payload::items).collect()
    }
}

impl Consumer for Next {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        self.got.lock().expect("a lock").push(payload);
        std::future::ready(self.reply.clone()).boxed()
    }
}

fn spans(count: usize) -> Payload {
    let spans = (0..count).map(|n| Span { name: format!("span-{n}"), ..Span::default() }).collect();
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let message = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }],
    };
    let body = Bytes::from(message.encode_to_vec());
    Payload::bare(Request::scan(Signal::Traces, body).expect("a valid request"))
}

fn settings(send_batch_size: usize, send_batch_max_size: usize) -> BatchSettings {
    BatchSettings {
        send_batch_size,
        send_batch_max_size,
        timeout: Duration::from_millis(50),
        ..BatchSettings::default()
    }
}

fn start(settings: BatchSettings, next: Arc<dyn Consumer>) -> BatchProcessor {
    start_counted(settings, next).0
}

/// The same, with what holds its data at the end, and with its metrics.
fn start_counted(settings: BatchSettings, next: Arc<dyn Consumer>) -> (BatchProcessor, Batching, Registry) {
    let mut registry = Registry::default();
    let metrics = BatchMetrics::register(&mut registry);
    let (batch, batching) = BatchProcessor::start(settings, Signal::Traces, next, &metrics);
    (batch, batching, registry)
}

fn page(registry: &Registry) -> String {
    let mut page = String::new();
    prometheus_client::encoding::text::encode(&mut page, registry).expect("a page");
    page
}

/// Requests below the size wait for each other, go as one, and are answered when that one is.
#[tokio::test]
async fn small_requests_become_one() {
    let next = Next::new(Ok(Accepted::all()));
    let batch = start(settings(100, 0), next.clone());
    let replies = join_all((0..5).map(|_| batch.consume(spans(3)))).await;
    assert!(replies.iter().all(|reply| *reply == Ok(Accepted::all())));
    assert_eq!(next.sizes(), [15]);
    let rows: Vec<u32> =
        next.got.lock().expect("a lock")[0].metadata.iter().map(|row| row.resources).collect();
    assert_eq!(rows, [1; 5], "one row of metadata a request");
}

/// A full batch does not wait for the time.
#[tokio::test]
async fn a_full_batch_goes_at_once() {
    let next = Next::new(Ok(Accepted::all()));
    let for_ever = Duration::from_secs(3600);
    let batch = start(BatchSettings { timeout: for_ever, ..settings(6, 0) }, next.clone());
    join_all([batch.consume(spans(3)), batch.consume(spans(3))]).await;
    assert_eq!(next.sizes(), [6]);
}

/// When the next stage refuses the batch, every request in it is refused, and none is lost.
#[tokio::test]
async fn a_refused_batch_is_refused_to_all() {
    let refusal = Refusal::new(Reason::Unavailable, "no backend");
    let next = Next::new(Err(refusal.clone()));
    let batch = start(settings(100, 0), next);
    let replies = join_all((0..3).map(|_| batch.consume(spans(2)))).await;
    assert_eq!(replies, vec![Err(refusal); 3]);
}

/// Rejected items are told to the batch's requests so that they add up.
#[tokio::test]
async fn rejected_items_add_up() {
    let next = Next::new(Ok(Accepted::partly(3, "too large")));
    let batch = start(settings(100, 0), next);
    let replies = join_all((0..3).map(|_| batch.consume(spans(2)))).await;
    let rejected: u64 = replies.into_iter().map(|reply| reply.expect("accepted").rejected).sum();
    assert_eq!(rejected, 3);
}

/// A request of more than `send_batch_max_size` items is cut into pieces that are all sent.
#[tokio::test]
async fn a_large_request_is_cut() {
    let next = Next::new(Ok(Accepted::all()));
    let batch = start(settings(4, 4), next.clone());
    assert_eq!(batch.consume(spans(10)).await, Ok(Accepted::all()));
    assert_eq!(next.sizes(), [4, 4, 2]);
}

/// Requests of different clients share a batch, and none of their deadlines becomes that of the others.
#[tokio::test]
async fn an_impatient_client_hurries_nobody() {
    let next = Next::new(Ok(Accepted::all()));
    let batch = start(settings(100, 0), next.clone());
    let mut impatient = spans(1);
    impatient.deadline = Some(std::time::Instant::now());
    join_all([batch.consume(impatient), batch.consume(spans(1))]).await;
    assert_eq!(next.got.lock().expect("a lock")[0].deadline, None);
}

fn from_tenant(tenant: Option<&'static str>, items: usize) -> Payload {
    let mut payload = spans(items);
    let mut headers = HeaderMap::new();
    headers
        .extend(tenant.map(|tenant| (HeaderName::from_static("x-tenant"), HeaderValue::from_static(tenant))));
    let row = RequestMetadata { headers: Arc::new(headers), ..payload.metadata[0].clone() };
    payload.metadata = [row].into();
    payload
}

fn by_tenant(metadata_cardinality_limit: usize) -> BatchSettings {
    let metadata_keys = vec![HeaderName::from_static("x-tenant")];
    BatchSettings { metadata_keys, metadata_cardinality_limit, ..settings(100, 0) }
}

/// Requests with different values of a key, or without one, are in different batches; those with the same share one.
#[tokio::test]
async fn metadata_keys_keep_batches_apart() {
    let next = Next::new(Ok(Accepted::all()));
    let batch = start(by_tenant(0), next.clone());
    let tenants = [Some("a"), Some("b"), Some("a"), None, Some("b"), None];
    let replies = join_all(tenants.map(|tenant| batch.consume(from_tenant(tenant, 2)))).await;
    assert!(replies.iter().all(|reply| *reply == Ok(Accepted::all())));
    assert_eq!(next.sizes(), [4, 4, 4]);
    for payload in next.got.lock().expect("a lock").iter() {
        let mut tenants: Vec<_> = payload.metadata.iter().map(|row| row.headers.get("x-tenant")).collect();
        tenants.dedup();
        assert_eq!(tenants.len(), 1, "a batch has one tenant");
    }
}

/// A request that was merged of several senders' before is taken apart, and answered once.
#[tokio::test]
async fn a_merged_request_is_taken_apart() {
    let next = Next::new(Ok(Accepted::partly(1, "too large")));
    let batch = start(by_tenant(0), next.clone());
    let merged = sluice_otlp::merge(vec![from_tenant(Some("a"), 3), from_tenant(Some("b"), 4)]).expect("one");
    assert_eq!(batch.consume(merged).await, Ok(Accepted::partly(2, "too large")));
    let mut sizes = next.sizes();
    sizes.sort_unstable();
    assert_eq!(sizes, [3, 4]);
}

/// Beyond the limit, a new combination is rejected for good, and counted; known ones go on.
#[tokio::test]
async fn too_many_combinations_are_rejected() {
    let next = Next::new(Ok(Accepted::all()));
    let (batch, _batching, registry) = start_counted(by_tenant(2), next);
    for tenant in ["a", "b"] {
        assert_eq!(batch.consume(from_tenant(Some(tenant), 1)).await, Ok(Accepted::all()));
    }
    let rejected = batch.consume(from_tenant(Some("c"), 5)).await.expect("an answer");
    assert!(
        rejected.rejected == 5 && rejected.message.contains("metadata_cardinality_limit"),
        "{rejected:?}"
    );
    assert_eq!(batch.consume(from_tenant(Some("a"), 1)).await, Ok(Accepted::all()));
    let page = page(&registry);
    let lost = "sluice_processor_batch_lost_items_total{processor=\"batch\",signal=\"traces\",reason=\"too_many_senders\"} 5";
    assert!(page.contains(lost), "{page}");
    assert!(page.contains("otelcol_processor_batch_metadata_cardinality{processor=\"batch\"} 2"), "{page}");
}

/// A next stage that answers only when it is told to.
struct Gate {
    open: tokio::sync::Semaphore,
    reply: Reply,
}

impl Consumer for Gate {
    fn consume(&self, _: Payload) -> BoxFuture<'_, Reply> {
        async move {
            self.open.acquire().await.expect("an open gate").forget();
            self.reply.clone()
        }
        .boxed()
    }
}

fn early(send_batch_size: usize) -> BatchSettings {
    BatchSettings { ack: Ack::Early, ..settings(send_batch_size, 0) }
}

/// `ack: early` answers before the next stage has; all of it is handed on before the end.
#[tokio::test]
async fn early_answers_at_once() {
    let next = Next::new(Ok(Accepted::all()));
    let for_ever = Duration::from_secs(3600);
    let (batch, batching, registry) =
        start_counted(BatchSettings { timeout: for_ever, ..early(100) }, next.clone());
    for _ in 0..3 {
        assert_eq!(batch.consume(spans(2)).await, Ok(Accepted::all()));
    }
    assert_eq!(next.sizes(), [0; 0], "the batch waits for more");
    drop(batch);
    batching.drain(Instant::now() + Duration::from_secs(60)).await;
    assert_eq!(next.sizes(), [6]);
    assert!(!page(&registry).contains("lost_items_total{"), "nothing is lost");
}

/// What is refused behind `ack: early` is lost, and counted with the reason.
#[tokio::test]
async fn what_early_loses_is_counted() {
    let next = Next::new(Err(Refusal::new(Reason::Unavailable, "no backend")));
    let (batch, batching, registry) = start_counted(early(2), next);
    for _ in 0..3 {
        assert_eq!(batch.consume(spans(2)).await, Ok(Accepted::all()));
    }
    drop(batch);
    batching.drain(Instant::now() + Duration::from_secs(60)).await;
    let page = page(&registry);
    assert!(page.contains("signal=\"traces\",reason=\"unavailable\"} 6"), "{page}");
}

/// With `ack: early`, requests wait once a few batches are under way, so that memory is bounded; what is left at the
/// end is counted.
#[tokio::test]
async fn early_is_bounded() {
    let gate = Arc::new(Gate { open: tokio::sync::Semaphore::new(0), reply: Ok(Accepted::all()) });
    let (batch, batching, registry) = start_counted(early(1), gate);
    let mut answered = 0;
    while tokio::time::timeout(Duration::from_secs(2), batch.consume(spans(1))).await.is_ok() {
        answered += 1;
        assert!(answered < 1000, "requests never wait");
    }
    drop(batch);
    batching.drain(Instant::now()).await;
    let page = page(&registry);
    let lost = format!("signal=\"traces\",reason=\"shutdown\"}} {answered}\n");
    assert!(page.contains(&lost), "{answered}: {page}");
}
