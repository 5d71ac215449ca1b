use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use sluice_otlp::{Payload, Request, Signal};
use sluice_pipeline::{Accepted, Consumer, Reason, Refusal, Reply};

use super::BatchProcessor;
use crate::settings::BatchSettings;

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
    BatchSettings { send_batch_size, send_batch_max_size, timeout: Duration::from_millis(50) }
}

/// Requests below the size wait for each other, go as one, and are answered when that one is.
#[tokio::test]
async fn small_requests_become_one() {
    let next = Next::new(Ok(Accepted::all()));
    let batch = BatchProcessor::start(settings(100, 0), next.clone());
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
    let batch = BatchProcessor::start(BatchSettings { timeout: for_ever, ..settings(6, 0) }, next.clone());
    join_all([batch.consume(spans(3)), batch.consume(spans(3))]).await;
    assert_eq!(next.sizes(), [6]);
}

/// When the next stage refuses the batch, every request in it is refused, and none is lost.
#[tokio::test]
async fn a_refused_batch_is_refused_to_all() {
    let refusal = Refusal::new(Reason::Unavailable, "no backend");
    let next = Next::new(Err(refusal.clone()));
    let batch = BatchProcessor::start(settings(100, 0), next);
    let replies = join_all((0..3).map(|_| batch.consume(spans(2)))).await;
    assert_eq!(replies, vec![Err(refusal); 3]);
}

/// Rejected items are told to the batch's requests so that they add up.
#[tokio::test]
async fn rejected_items_add_up() {
    let next = Next::new(Ok(Accepted::partly(3, "too large")));
    let batch = BatchProcessor::start(settings(100, 0), next);
    let replies = join_all((0..3).map(|_| batch.consume(spans(2)))).await;
    let rejected: u64 = replies.into_iter().map(|reply| reply.expect("accepted").rejected).sum();
    assert_eq!(rejected, 3);
}

/// A request of more than `send_batch_max_size` items is cut into pieces that are all sent.
#[tokio::test]
async fn a_large_request_is_cut() {
    let next = Next::new(Ok(Accepted::all()));
    let batch = BatchProcessor::start(settings(4, 4), next.clone());
    assert_eq!(batch.consume(spans(10)).await, Ok(Accepted::all()));
    assert_eq!(next.sizes(), [4, 4, 2]);
}

/// Requests of different clients share a batch, and none of their deadlines becomes that of the others.
#[tokio::test]
async fn an_impatient_client_hurries_nobody() {
    let next = Next::new(Ok(Accepted::all()));
    let batch = BatchProcessor::start(settings(100, 0), next.clone());
    let mut impatient = spans(1);
    impatient.deadline = Some(std::time::Instant::now());
    join_all([batch.consume(impatient), batch.consume(spans(1))]).await;
    assert_eq!(next.got.lock().expect("a lock")[0].deadline, None);
}
