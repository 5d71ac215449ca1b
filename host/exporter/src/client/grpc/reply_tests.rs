use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::{BodyExt, Full};
use smallvec::smallvec;
use tonic::Code;
use tonic::body::Body;

use super::{MAX_REPLY, read};
use crate::client::compress::{Form, compress};
use crate::{ErrorKind, ExportError};

const RETRYABLE: ErrorKind = ErrorKind::Retryable { after: None };

fn framed(flag: u8, message: &[u8]) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_u8(flag);
    bytes.put_u32(u32::try_from(message.len()).unwrap());
    bytes.put_slice(message);
    bytes.freeze()
}

fn trailers(status: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(http::HeaderName::from_static("grpc-status"), HeaderValue::from_static(status))])
}

fn response(body: Bytes, trailers: Option<HeaderMap>) -> Response<Body> {
    let body = Full::new(body);
    let body = match trailers {
        Some(trailers) => Body::new(body.with_trailers(std::future::ready(Some(Ok(trailers))))),
        None => Body::new(body),
    };
    let mut response = Response::new(body);
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc+proto"));
    response
}

async fn kind_and_code(response: Response<Body>) -> (ErrorKind, Code) {
    let ExportError { kind, code, .. } = read(response).await.unwrap_err();
    (kind, code)
}

/// A message comes out of its frame when the trailers say OK.
#[tokio::test]
async fn a_message_is_unframed() {
    assert_eq!(read(response(framed(0, b"abc"), Some(trailers("0")))).await.unwrap(), "abc");
    assert_eq!(read(response(Bytes::new(), Some(trailers("0")))).await.unwrap(), "");
}

/// grpc-go answers in the form that it was asked in, whatever the client says it accepts.
#[tokio::test]
async fn a_compressed_answer_is_read() {
    for (form, name) in [(Form::Gzip, "gzip"), (Form::Zstd, "zstd"), (Form::Snappy, "snappy")] {
        let message = compress(form, &smallvec![Bytes::from("answer")], 0).unwrap();
        let mut response = response(framed(1, &message), Some(trailers("0")));
        response.headers_mut().insert("grpc-encoding", HeaderValue::from_static(name));
        assert_eq!(read(response).await.unwrap(), "answer");
    }
    let garbled = response(framed(1, b"abc"), Some(trailers("0")));
    assert_eq!(kind_and_code(garbled).await, (ErrorKind::Permanent, Code::Internal));
}

/// The status counts, be it in the trailers or, where there is nothing else, in the headers.
#[tokio::test]
async fn the_status_is_found() {
    let late = response(Bytes::new(), Some(trailers("14")));
    assert_eq!(kind_and_code(late).await, (RETRYABLE, Code::Unavailable));
    let mut at_once = response(Bytes::new(), None);
    at_once.headers_mut().insert("grpc-status", HeaderValue::from_static("3"));
    assert_eq!(kind_and_code(at_once).await, (ErrorKind::Permanent, Code::InvalidArgument));
}

/// An answer that ends without a status may stand for a request that was never taken: it is sent again.
#[tokio::test]
async fn an_answer_without_status_is_no_answer() {
    let broken_off = response(framed(0, b"abc"), None);
    assert_eq!(kind_and_code(broken_off).await, (RETRYABLE, Code::Unavailable));
}

/// What does not speak gRPC is told apart by its HTTP status, else by its content type.
#[tokio::test]
async fn other_peers_are_recognised() {
    let mut gateway = response(Bytes::from("bad gateway"), None);
    *gateway.status_mut() = http::StatusCode::BAD_GATEWAY;
    assert_eq!(kind_and_code(gateway).await, (RETRYABLE, Code::Unavailable));
    let mut page = response(Bytes::from("<html>"), None);
    page.headers_mut().insert("content-type", HeaderValue::from_static("text/html"));
    let error = read(page).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Permanent, Code::Unknown));
    assert!(error.message.contains("text/html"), "{error}");
}

/// An answer longer than OTLP's limit is not read to its end.
#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let long = response(Bytes::from(vec![0; MAX_REPLY + 6]), Some(trailers("0")));
    assert_eq!(kind_and_code(long).await, (ErrorKind::Permanent, Code::ResourceExhausted));
}

/// A length that lies gives what there is, and no panic.
#[tokio::test]
async fn a_lying_length_does_no_harm() {
    let lying = response(Bytes::from_static(b"\0\xff\xff\xff\xffab"), Some(trailers("0")));
    assert_eq!(read(lying).await.unwrap(), "ab");
}
