use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body::{Body, Frame};
use prometheus_client::registry::Registry;

use super::{encoding, read};
use crate::ReceiverMetrics;
use crate::body::SLICE_BYTES;
use crate::inflate::Encoding;
use crate::intake::{Budget, Hold};
use crate::rejection::{Cause, Rejection};

/// A body that comes in the pieces that a test cuts it into.
struct Cut(VecDeque<Bytes>);

impl Body for Cut {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

fn hold() -> Hold {
    let metrics = Arc::new(ReceiverMetrics::register(&mut Registry::default()).handles("otlp", "grpc"));
    Arc::new(Budget::new(0, 1 << 20, metrics)).admit().expect("room for one")
}

fn framed(flag: u8, message: &[u8]) -> Vec<u8> {
    let mut frame = vec![flag];
    frame.extend_from_slice(&(message.len() as u32).to_be_bytes());
    frame.extend_from_slice(message);
    frame
}

async fn read_in_pieces(body: &[u8], size: usize) -> Result<Bytes, Rejection> {
    let mut cut = Cut(body.chunks(size).map(Bytes::copy_from_slice).collect());
    read(&mut cut, None, 1 << 20, &mut hold()).await
}

/// The message is the same wherever the body is cut, inside the head as well.
#[tokio::test]
async fn cuts_do_not_matter() {
    for message in [&b""[..], b"x", &[7; 100], &[9; 2 * SLICE_BYTES]] {
        let body = framed(0, message);
        for size in [1, 2, 3, 4, 5, 6, 7, 64, body.len()] {
            assert_eq!(read_in_pieces(&body, size).await.as_deref(), Ok(message), "{size}");
        }
    }
}

/// A large message that comes in one piece is not copied; a small one is, so that it pins no buffer.
#[tokio::test]
async fn one_large_piece_is_not_copied() {
    for (length, shared) in [(SLICE_BYTES, true), (SLICE_BYTES - 1, false)] {
        let body = Bytes::from(framed(0, &vec![1; length]));
        let message = read(&mut Cut([body.clone()].into()), None, 1 << 20, &mut hold()).await.expect("good");
        assert_eq!(message.as_ptr() == body[5..].as_ptr(), shared, "{length}");
    }
}

/// What is no message of a unary call is malformed, with words for whoever wrote the client.
#[tokio::test]
async fn what_is_no_call_is_malformed() {
    let two = [framed(0, b"one"), framed(0, b"two")].concat();
    let cases = [
        (&b""[..], "ends before its message begins"),
        (b"\0\0\0", "ends before its message begins"),
        (b"\0\0\0\0\x05abc", "ends after 3 of 5 bytes"),
        (b"\x02\0\0\0\0", "the first byte of a message is 0 or 1"),
        (&two, "more than one message"),
        (b"\x01\0\0\0\0", "there is no grpc-encoding"),
    ];
    for (body, words) in cases {
        let rejection = read_in_pieces(body, 1000).await.expect_err(words);
        assert_eq!(rejection.cause, Cause::Malformed, "{words}");
        assert!(rejection.message.contains(words), "{}", rejection.message);
    }
}

/// A message that is too large is refused by its head, before any of it is read.
#[tokio::test]
async fn too_large_is_known_from_the_head() {
    let head = Bytes::from_static(b"\0\x00\x10\x00\x01");
    let rejection = read(&mut Cut([head].into()), None, 1 << 20, &mut hold()).await.expect_err("too large");
    assert_eq!(rejection.cause, Cause::TooLarge);
    assert_eq!(rejection.message, "grpc: received message larger than max (1048577 vs. 1048576)");
}

/// The encodings of the Collector's clients are known by their names; others are named in the answer.
#[test]
fn encodings_are_known_by_name() {
    let of = |name: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-encoding", HeaderValue::from_static(name));
        encoding(&headers)
    };
    assert_eq!(encoding(&HeaderMap::new()), Ok(None));
    assert_eq!(of("identity"), Ok(None));
    assert_eq!(of("gzip"), Ok(Some(Encoding::Gzip)));
    assert_eq!(of("zstd"), Ok(Some(Encoding::Zstd)));
    assert_eq!(of("snappy"), Ok(Some(Encoding::Snappy)));
    let rejection = of("br").expect_err("unknown");
    assert_eq!(rejection.cause, Cause::UnknownEncoding);
    assert!(rejection.message.contains("br is not known"), "{}", rejection.message);
}
