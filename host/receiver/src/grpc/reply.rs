use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use sluice_otlp::wire::{put_varint, varint_len};
use sluice_pipeline::Accepted;

use super::status;
use crate::rejection::Rejection;

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

/// The `Export*ServiceResponse`, which has the same numbers for all signals: field 1 is the partial
/// success, in it 1 the count of rejected items and 2 the message. Full success leaves it unset.
fn message(accepted: &Accepted) -> Bytes {
    if accepted.rejected == 0 && accepted.message.is_empty() {
        return Bytes::from_static(EMPTY_MESSAGE);
    }
    let text = status::shorten(&accepted.message);
    let partial_len = 1 + varint_len(accepted.rejected) + 1 + varint_len(text.len() as u64) + text.len();
    let message_len = 1 + varint_len(partial_len as u64) + partial_len;
    let mut out = Vec::with_capacity(EMPTY_MESSAGE.len() + message_len);
    out.push(0);
    // The text is at most a KiB or so.
    out.extend_from_slice(&(message_len as u32).to_be_bytes());
    out.push(1 << 3 | 2);
    put_varint(&mut out, partial_len as u64);
    out.push(1 << 3);
    put_varint(&mut out, accepted.rejected);
    out.push(2 << 3 | 2);
    put_varint(&mut out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
    out.into()
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
