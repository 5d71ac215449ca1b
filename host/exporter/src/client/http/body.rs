use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use sluice_otlp::Signal;
use smallvec::{SmallVec, smallvec};
use tonic::Code;

use super::Encoding;
use crate::client::compress::{Form, LONG, compress, failed, joined};
use crate::client::status::refused;
use crate::client::{Chunks, ExportError};

/// The body of a request; its length is known.
#[derive(Debug)]
pub(super) struct RequestBody {
    /// What is left to send, last first.
    chunks: SmallVec<[Bytes; 2]>,
}

/// Writes a body as it is to leave; wire bytes that are not compressed are passed on without a copy.
pub(super) async fn write(
    signal: Signal,
    chunks: Chunks,
    encoding: Encoding,
    form: Option<Form>,
) -> Result<RequestBody, ExportError> {
    let length = chunks.iter().map(Bytes::len).sum::<usize>();
    let chunks = match (encoding, form) {
        (Encoding::Proto, None) => chunks,
        _ if length < LONG => work(signal, chunks, encoding, form)?,
        _ => tokio::task::spawn_blocking(move || work(signal, chunks, encoding, form))
            .await
            .unwrap_or_else(|error| Err(failed(&error)))?,
    };
    Ok(RequestBody { chunks: chunks.into_iter().rev().collect() })
}

fn work(
    signal: Signal,
    chunks: Chunks,
    encoding: Encoding,
    form: Option<Form>,
) -> Result<Chunks, ExportError> {
    let chunks = match encoding {
        Encoding::Proto => chunks,
        Encoding::Json => {
            // What came in was scanned, so that this does not fail.
            let json = sluice_json::encode(signal, &joined(&chunks));
            let malformed = |error| refused(Code::Internal, format!("cannot be written as JSON: {error}"));
            smallvec![Bytes::from(json.map_err(malformed)?)]
        }
    };
    match form {
        None => Ok(chunks),
        Some(form) => Ok(smallvec![compress(form, &chunks, 0).map_err(|error| failed(&error))?.into()]),
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.chunks.pop().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.chunks.iter().map(|chunk| chunk.len() as u64).sum())
    }
}
