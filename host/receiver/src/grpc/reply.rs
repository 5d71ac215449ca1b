use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use sluice_pipeline::Accepted;

use crate::rejection::Rejection;
use crate::{response, status};

const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
/// What may come in; replies are a few bytes and go out as they are.
const ENCODINGS: HeaderValue = HeaderValue::from_static("gzip,zstd,snappy,identity");
const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const OK: HeaderValue = HeaderValue::from_static("0");

/// An empty `Export*ServiceResponse` in a gRPC frame: not compressed, no bytes.
const EMPTY_MESSAGE: &[u8] = &[0; 5];

/// The body of a reply: one message and its trailers, or nothing.
#[derive(Debug, Default)]
pub(crate) struct ReplyBody {
    message: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(message) = self.message.take() {
            return Poll::Ready(Some(Ok(Frame::data(message))));
        }
        Poll::Ready(self.trailers.take().map(|trailers| Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.message.is_none() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.message.as_ref().map_or(0, Bytes::len) as u64)
    }
}

/// The request was taken, all of it or in part.
pub(super) fn success(accepted: &Accepted) -> Response<ReplyBody> {
    let mut trailers = HeaderMap::with_capacity(1);
    trailers.insert(GRPC_STATUS, OK);
    let mut response =
        Response::new(ReplyBody { message: Some(message(accepted)), trailers: Some(trailers) });
    response.headers_mut().insert(CONTENT_TYPE, GRPC);
    response.headers_mut().insert(ACCEPT_ENCODING, ENCODINGS);
    response
}

/// The request was not taken: a status in place of headers, and no body.
pub(super) fn failure(rejection: &Rejection) -> Response<ReplyBody> {
    let mut response = status::status(rejection).into_http::<ReplyBody>();
    response.headers_mut().insert(ACCEPT_ENCODING, ENCODINGS);
    response
}

/// The request was no gRPC at all.
pub(super) fn not_grpc(status: StatusCode) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::default());
    *response.status_mut() = status;
    response
}

/// The `Export*ServiceResponse` in a gRPC frame.
fn message(accepted: &Accepted) -> Bytes {
    let response = response::encode(accepted);
    if response.is_empty() {
        return Bytes::from_static(EMPTY_MESSAGE);
    }
    let mut out = Vec::with_capacity(EMPTY_MESSAGE.len() + response.len());
    out.push(0);
    // Its text is at most a KiB or so.
    out.extend_from_slice(&(response.len() as u32).to_be_bytes());
    out.extend_from_slice(&response);
    out.into()
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
