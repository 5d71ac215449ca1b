use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use sluice_pipeline::{Accepted, Reason, Refusal};
use tonic::Code;
use tonic_types::StatusExt;

use super::client::TonicClient;
use crate::consumers::{Answering, Collecting, Gated, Panicking};
use crate::messages::{TRACES, spans};
use crate::server::{Server, all, settings};
use crate::until;

/// Each class of refusal reaches the client as OTLP's code for it, with RetryInfo where a time is known.
#[tokio::test]
async fn refusals_become_otlps_codes() {
    let second = Some(Duration::from_secs(1));
    let cases = [
        (Refusal::new(Reason::Malformed, "m"), Code::InvalidArgument, None, "malformed"),
        (Refusal::new(Reason::TooLarge, "m"), Code::ResourceExhausted, None, "too_large"),
        (Refusal::new(Reason::Overloaded, "m"), Code::Unavailable, second, "overloaded"),
        (Refusal::new(Reason::Unavailable, "m"), Code::Unavailable, None, "unavailable"),
        (Refusal::new(Reason::ShuttingDown, "m"), Code::Unavailable, None, "shutting_down"),
        (
            Refusal::new(Reason::Unavailable, "m").retry_after(Duration::from_millis(1500)),
            Code::Unavailable,
            Some(Duration::from_millis(1500)),
            "unavailable",
        ),
    ];
    for (refusal, code, delay, label) in cases {
        let retryable = refusal.reason.is_retryable();
        let server = Server::start(settings(), all(Arc::new(Answering(Err(refusal)))));
        let client = TonicClient::connect(server.address).await;
        let status = client.export(TRACES, spans(7)).await.expect_err("refused");
        assert_eq!((status.code(), status.message()), (code, "m"));
        assert_eq!(status.get_details_retry_info().and_then(|info| info.retry_delay), delay, "{label}");
        assert_eq!(code == Code::Unavailable, retryable);
        assert_eq!(server.spans(), (0, 7));
        assert_eq!(server.rejected(label), 1);
    }
}

/// Items that are rejected for good are told with their exact count, and are counted as refused.
#[tokio::test]
async fn partial_success_is_told() {
    let partly = Accepted::partly(2, "service.name is missing");
    let server = Server::start(settings(), all(Arc::new(Answering(Ok(partly)))));
    let client = TonicClient::connect(server.address).await;
    let reply = client.export(TRACES, spans(7)).await.expect("accepted");
    let partial = ExportTraceServiceResponse::decode(reply).expect("a response").partial_success;
    let partial = partial.expect("set");
    assert_eq!((partial.rejected_spans, &*partial.error_message), (2, "service.name is missing"));
    assert_eq!(server.spans(), (5, 2));
}

/// Malformed bytes are INVALID_ARGUMENT, with a message that says where.
#[tokio::test]
async fn malformed_says_where() {
    let collected = Collecting::new();
    let server = Server::start(settings(), all(collected.clone()));
    let client = TonicClient::connect(server.address).await;
    let good = spans(3);
    let status = client.export(TRACES, good.slice(..good.len() - 1)).await.expect_err("cut off");
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("malformed OTLP at byte"), "{}", status.message());
    let status = client.export(TRACES, Bytes::from_static(b"\xff\xff\xff")).await.expect_err("junk");
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(server.rejected("malformed"), 2);
    assert!(collected.taken().is_empty());
}

/// A panic in the pipeline is UNAVAILABLE for its request and nothing for the others, on any connection.
#[tokio::test]
async fn a_panicking_consumer_hurts_one_request() {
    let server = Server::start(settings(), all(Arc::new(Panicking)));
    let client = TonicClient::connect(server.address).await;
    for _ in 0..3 {
        let status = client.export(TRACES, spans(1)).await.expect_err("a bug");
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.message().contains("more than this consumer can bear"), "{}", status.message());
        client.export(TRACES, spans(2)).await.expect("others are fine");
    }
    assert_eq!((server.spans(), server.rejected("panic")), ((6, 3), 3));
    assert_eq!(server.connections(), 1);
}

/// The client's deadline is known to the pipeline and ends the wait; what became of the items is counted.
#[tokio::test]
async fn a_deadline_ends_the_wait() {
    let gated = Gated::closed();
    let server = Server::start(settings(), all(Arc::new(gated.clone())));
    let mut client = super::client::RawClient::connect(server.address).await;
    let frame = crate::messages::framed(0, &spans(1));
    let answer = client.call(TRACES, &[("grpc-timeout", "50m")], frame).await;
    assert_eq!(answer.status.code(), Code::DeadlineExceeded);
    assert_eq!(server.rejected("deadline_exceeded"), 1);
    gated.open(1);
    until(|| server.spans() == (1, 0)).await;
}

/// The pipeline gets the deadline as a point in time.
#[tokio::test]
async fn the_pipeline_knows_the_deadline() {
    let collected = Collecting::new();
    let server = Server::start(settings(), all(collected.clone()));
    let client = TonicClient::connect(server.address).await;
    let before = std::time::Instant::now();
    let mut request = tonic::Request::new(spans(1));
    request.set_timeout(Duration::from_secs(300));
    client.request(TRACES, request).await.expect("accepted");
    client.export(TRACES, spans(1)).await.expect("accepted");
    let deadlines: Vec<_> = collected.taken().iter().map(|payload| payload.deadline).collect();
    let deadline = deadlines[0].expect("set");
    assert!(deadline >= before + Duration::from_secs(300));
    assert!(deadline <= std::time::Instant::now() + Duration::from_secs(300));
    assert_eq!(deadlines[1], None);
}
