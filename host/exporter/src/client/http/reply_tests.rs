use std::time::Duration;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderName, Response};
use http_body_util::Full;
use sluice_pipeline::Accepted;
use smallvec::smallvec;
use tonic::Code;

use super::read;
use crate::client::MAX_REPLY;
use crate::client::compress::{Form, compress};
use crate::{ErrorKind, ExportError};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json; charset=utf-8";

async fn answer(
    status: u16,
    headers: &[(HeaderName, &str)],
    body: impl Into<bytes::Bytes>,
) -> Result<Accepted, ExportError> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, *value);
    }
    read(response.body(Full::new(body.into())).unwrap()).await
}

/// OTLP's four statuses are worth a retry, 413 a smaller request, and nothing else is worth either.
#[tokio::test]
async fn statuses_are_told_apart() {
    for status in 300..600 {
        let error = answer(status, &[], "").await.unwrap_err();
        let expected = match status {
            429 | 502 | 503 | 504 => ErrorKind::Retryable { after: None },
            413 => ErrorKind::TooLarge,
            _ => ErrorKind::Permanent,
        };
        assert_eq!(error.kind, expected, "{status}");
        assert!(error.message.contains(&format!("HTTP {status}")), "{error}");
    }
    for status in [200, 202, 204] {
        assert_eq!(answer(status, &[], "").await, Ok(Accepted::all()));
    }
}

/// A server's `Retry-After` is kept to where a retry makes sense.
#[tokio::test]
async fn retry_after_is_kept_to() {
    for status in [429, 503] {
        let error = answer(status, &[(RETRY_AFTER, "7")], "").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Retryable { after: Some(Duration::from_secs(7)) });
    }
    let past = answer(503, &[(RETRY_AFTER, "Sun, 06 Nov 1994 08:49:37 GMT")], "").await.unwrap_err();
    assert_eq!(past.kind, ErrorKind::Retryable { after: Some(Duration::ZERO) });
    assert_eq!(answer(500, &[(RETRY_AFTER, "7")], "").await.unwrap_err().kind, ErrorKind::Permanent);
}

/// The words of a `google.rpc.Status`, in either form, or of a page, stand in the error, in one line of bounded length.
#[tokio::test]
async fn the_servers_words_are_told() {
    // Field 1: code 3, field 2: "bad span".
    let status = b"\x08\x03\x12\x08bad span";
    let error = answer(400, &[(CONTENT_TYPE, PROTOBUF)], &status[..]).await.unwrap_err();
    assert_eq!(error.to_string(), "InvalidArgument: HTTP 400 Bad Request: bad span");
    let json = r#"{"code":3,"message":"bad\nspan","details":[]}"#;
    let error = answer(400, &[(CONTENT_TYPE, JSON)], json).await.unwrap_err();
    assert_eq!(error.message, "HTTP 400 Bad Request: bad span");
    let page = "x".repeat(100_000);
    let error = answer(403, &[(CONTENT_TYPE, "text/html")], page).await.unwrap_err();
    assert_eq!(error.code, Code::PermissionDenied);
    assert!(error.message.len() < 600 && error.message.contains("xxx"), "{error}");
    let moved = answer(307, &[(LOCATION, "https://there/")], "").await.unwrap_err();
    assert!(moved.message.contains("https://there/"), "{moved}");
    for body in [&b"\x12\xff"[..], b"\xff\xff\xff"] {
        let error = answer(503, &[(CONTENT_TYPE, PROTOBUF)], body).await.unwrap_err();
        assert_eq!(error.message, "HTTP 503 Service Unavailable");
    }
}

/// A compressed answer is read, and one that unfolds without end is not.
#[tokio::test]
async fn a_compressed_answer_is_read() {
    // partial_success: 3 rejected, "no".
    let partial = b"\x0a\x06\x08\x03\x12\x02no";
    let gzip = compress(Form::Gzip, &smallvec![partial[..].into()], 0).unwrap();
    let headers = [(CONTENT_TYPE, PROTOBUF), (CONTENT_ENCODING, "gzip")];
    assert_eq!(answer(200, &headers, gzip).await, Ok(Accepted::partly(3, "no")));
    let bomb = compress(Form::Gzip, &smallvec![vec![0; 2 * MAX_REPLY].into()], 0).unwrap();
    let accepted = answer(200, &headers, bomb).await.unwrap();
    assert!(accepted.rejected == 0 && accepted.message.contains("decompressed"), "{accepted:?}");
}

/// An answer without end is not read to it; the status has said that the request was taken.
#[tokio::test]
async fn a_long_answer_is_cut_off() {
    let accepted = answer(200, &[(CONTENT_TYPE, PROTOBUF)], vec![0; MAX_REPLY + 1]).await.unwrap();
    assert!(accepted.rejected == 0 && accepted.message.contains("longer than"), "{accepted:?}");
    assert_eq!(answer(400, &[], vec![0; MAX_REPLY + 1]).await.unwrap_err().kind, ErrorKind::Permanent);
}
