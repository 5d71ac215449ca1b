use std::time::Duration;

use sluice_exporter::{Client, ErrorKind};
use sluice_otlp::Signal;
use sluice_pipeline::Accepted;
use smallvec::smallvec;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::backend::{Answer, Backend};
use crate::support::{client_settings, spans};

async fn answer_to(answer: Answer) -> Result<Accepted, ErrorKind> {
    let backend = Backend::answering(move |_| answer.clone()).await;
    let client = Client::grpc(&backend.endpoint(), &client_settings()).unwrap();
    let answer = client.export(Signal::Traces, smallvec![spans(&["a"])], Duration::from_secs(60), None).await;
    answer.map_err(|error| error.kind)
}

/// Each class of OTLP's table survives a real server's way of sending it.
#[tokio::test]
async fn every_class_of_code_is_understood() {
    let retryable = ErrorKind::Retryable { after: None };
    for (code, kind) in [
        (Code::Unavailable, retryable),
        (Code::Cancelled, retryable),
        (Code::Aborted, retryable),
        (Code::DataLoss, retryable),
        (Code::InvalidArgument, ErrorKind::Permanent),
        (Code::Internal, ErrorKind::Permanent),
        (Code::Unauthenticated, ErrorKind::Permanent),
        (Code::ResourceExhausted, ErrorKind::Permanent),
    ] {
        assert_eq!(answer_to(Answer::code(code)).await, Err(kind), "{code:?}");
    }
}

/// `RetryInfo` arrives as the least time to wait, and makes RESOURCE_EXHAUSTED retryable.
#[tokio::test]
async fn retry_info_is_read() {
    let delay = Duration::from_millis(1_500);
    for code in [Code::ResourceExhausted, Code::Unavailable] {
        let details = ErrorDetails::with_retry_info(Some(delay));
        let status = Status::with_error_details(code, "busy", details);
        assert_eq!(answer_to(Answer::Status(status)).await, Err(ErrorKind::Retryable { after: Some(delay) }));
    }
}

/// What a server rejects of a request that it takes comes through with its words.
#[tokio::test]
async fn partial_success_is_read() {
    assert_eq!(answer_to(Answer::Partial(2, "too old")).await, Ok(Accepted::partly(2, "too old")));
    assert_eq!(answer_to(Answer::Partial(0, "deprecated")).await, Ok(Accepted::partly(0, "deprecated")));
}

/// tonic's own limit and its words, from a real server, mean that smaller requests may pass.
#[tokio::test]
async fn a_servers_limit_is_recognised() {
    let backend = Backend::with_limit(100).await;
    let client = Client::grpc(&backend.endpoint(), &client_settings()).unwrap();
    let body = spans(&["x".repeat(200)]);
    let error =
        client.export(Signal::Traces, smallvec![body], Duration::from_secs(60), None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooLarge, "{error}");
}
