use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::{Answer, answer, no_reply};
use crate::{ErrorKind, ExportError};

const RETRYABLE: ErrorKind = ErrorKind::Retryable { after: None };

fn error(status: &Status) -> ExportError {
    let response: http::Response<()> = status.clone().into_http();
    answer(response.headers()).unwrap().into_result().unwrap_err()
}

fn kind(code: Code) -> ErrorKind {
    error(&Status::new(code, "words")).kind
}

/// OTLP 1.11's table: these codes are worth a retry, the others are not.
#[test]
fn codes_are_told_apart() {
    use Code::*;
    for code in [Cancelled, DeadlineExceeded, Aborted, OutOfRange, Unavailable, DataLoss] {
        assert_eq!(kind(code), RETRYABLE, "{code:?}");
    }
    for code in [
        Unknown,
        InvalidArgument,
        NotFound,
        AlreadyExists,
        PermissionDenied,
        FailedPrecondition,
        Unimplemented,
        Internal,
        Unauthenticated,
        ResourceExhausted,
    ] {
        assert_eq!(kind(code), ErrorKind::Permanent, "{code:?}");
    }
}

/// `RESOURCE_EXHAUSTED` is worth a retry only when the server says when.
#[test]
fn retry_info_makes_exhaustion_retryable() {
    let details = ErrorDetails::with_retry_info(Some(Duration::from_secs(7)));
    let busy = Status::with_error_details(Code::ResourceExhausted, "busy", details.clone());
    assert_eq!(error(&busy).kind, ErrorKind::Retryable { after: Some(Duration::from_secs(7)) });
    let unavailable = Status::with_error_details(Code::Unavailable, "busy", details);
    assert_eq!(error(&unavailable).kind, ErrorKind::Retryable { after: Some(Duration::from_secs(7)) });
    let without_delay = ErrorDetails::with_retry_info(None);
    let busy = Status::with_error_details(Code::ResourceExhausted, "busy", without_delay);
    assert_eq!(error(&busy).kind, RETRYABLE);
}

/// Every common server's way to say that a message is too large is understood.
#[test]
fn too_large_is_recognised() {
    for (code, words) in [
        (Code::ResourceExhausted, "grpc: received message larger than max (4329343 vs. 4194304)"),
        (Code::ResourceExhausted, "grpc: received message after decompression larger than max (9 vs. 4)"),
        (Code::ResourceExhausted, "gRPC message exceeds maximum size 4194304: 4329343"),
        (Code::ResourceExhausted, "Received message exceeds the maximum configured message size."),
        (
            Code::ResourceExhausted,
            "Error decompressing: size limit, of 9 bytes, exceeded while decompressing message",
        ),
        (Code::OutOfRange, "Error, decoded message length too large: found 9 bytes, the limit is: 4 bytes"),
    ] {
        assert_eq!(error(&Status::new(code, words)).kind, ErrorKind::TooLarge, "{words}");
    }
}

/// Words survive gRPC's percent encoding, and a broken encoding does no harm.
#[test]
fn messages_are_decoded() {
    assert_eq!(error(&Status::new(Code::Internal, "100 % gr\u{fc}n\n")).message, "100 % gr\u{fc}n\n");
    let mut headers = HeaderMap::new();
    headers.insert("grpc-status", HeaderValue::from_static("13"));
    headers.insert("grpc-message", HeaderValue::from_static("%zz%4"));
    assert_eq!(answer(&headers).unwrap().into_error().message, "%zz%4");
}

/// Details that are not base64, or no message, are as good as none.
#[test]
fn broken_details_do_no_harm() {
    for details in ["!!!", "AAAA", ""] {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-status", HeaderValue::from_static("8"));
        headers.insert("grpc-status-details-bin", HeaderValue::from_static(details));
        assert_eq!(answer(&headers).unwrap().into_error().kind, ErrorKind::Permanent);
    }
}

/// Without a status there is no answer; an OK is no error.
#[test]
fn only_a_status_is_an_answer() {
    assert!(answer(&HeaderMap::new()).is_none());
    let mut headers = HeaderMap::new();
    headers.insert("grpc-status", HeaderValue::from_static("0"));
    assert_eq!(answer(&headers).unwrap().into_result(), Ok(()));
}

/// A proxy's HTTP status counts as gRPC's mapping says.
#[test]
fn http_statuses_are_mapped() {
    let kind = |status| Answer::of_http(status).into_error().kind;
    assert_eq!(kind(StatusCode::SERVICE_UNAVAILABLE), RETRYABLE);
    assert_eq!(kind(StatusCode::BAD_GATEWAY), RETRYABLE);
    assert_eq!(kind(StatusCode::TOO_MANY_REQUESTS), RETRYABLE);
    assert_eq!(kind(StatusCode::FORBIDDEN), ErrorKind::Permanent);
}

/// A transport's error is told with its causes, each once.
#[test]
fn causes_are_told() {
    #[derive(Debug, thiserror::Error)]
    #[error("transport error")]
    struct Outer(#[source] std::io::Error);
    let error = no_reply(&Outer(std::io::Error::other("connection refused")));
    assert_eq!(error.to_string(), "Unavailable: transport error: connection refused");
    assert_eq!(error.kind, RETRYABLE);
}
