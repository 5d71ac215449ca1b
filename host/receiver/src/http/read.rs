use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt;
use sluice_json::DecodeError;
use sluice_otlp::Signal;
use tokio::task::JoinError;
use tokio::time::timeout;

use super::form::Form;
use crate::body::Pieces;
use crate::inflate::{Encoding, inflate};
use crate::intake::Hold;
use crate::rejection::{Cause, Rejection};

/// Up to this size JSON is decoded where it is read: within a millisecond, which is cheaper than to hand it over.
const AT_ONCE: usize = 128 * 1024;

/// A rest of this size has most likely come with the head of its request.
const SKIPPED_BYTES: u64 = 16 * 1024;
/// How long it may take otherwise.
const SKIPPING: Duration = Duration::from_secs(1);

/// What a body is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wrapping {
    pub(super) signal: Signal,
    pub(super) form: Form,
    pub(super) encoding: Option<Encoding>,
}

/// Reads a body as it was sent, still compressed.
pub(super) async fn body<B>(body: &mut B, max: usize, hold: &mut Hold) -> Result<Bytes, Rejection>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let expected = body.size_hint().exact();
    if expected.is_some_and(|length| length > max as u64) {
        return Err(too_large(max));
    }
    let expected = expected.and_then(|length| usize::try_from(length).ok());
    // Before anything is read of what finds no room.
    hold.check(expected.unwrap_or(0))?;
    Pieces::new(body).all(expected, max, hold).await?.ok_or_else(|| too_large(max))
}

/// Reads what is left of a body that nobody wants; `false` where the rest is too much for that, or takes too long.
/// An HTTP/1.1 connection can then go on, and over HTTP/2 no stream is reset: curl before 8 would lose the answer.
pub(super) async fn skip<B>(body: &mut B) -> bool
where
    B: Body<Data = Bytes> + Unpin,
{
    if body.size_hint().exact().is_none_or(|length| length > SKIPPED_BYTES) {
        return false;
    }
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    timeout(SKIPPING, rest).await.is_ok() && body.is_end_stream()
}

/// The request that a body holds: inflated, and protobuf. Protobuf stays the bytes that came.
pub(super) async fn unwrap(
    body: Bytes,
    wrapping: Wrapping,
    max: usize,
    hold: &mut Hold,
) -> Result<Bytes, Rejection> {
    let inflated = match wrapping.encoding {
        Some(encoding) => {
            let inflated = inflate(encoding, &body, max, hold).await?;
            hold.shrink(body.len());
            inflated
        }
        None => body,
    };
    match wrapping.form {
        Form::Protobuf => Ok(inflated),
        Form::Json => decode(wrapping.signal, inflated, max, hold).await,
    }
}

/// Makes protobuf of JSON. Text and result are there at the same time; the result is usually shorter, and at
/// most `max` bytes.
async fn decode(signal: Signal, json: Bytes, max: usize, hold: &mut Hold) -> Result<Bytes, Rejection> {
    let length = json.len();
    hold.grow(length)?;
    let decoded = if length <= AT_ONCE {
        sluice_json::decode(signal, &json, max)
    } else {
        let task = tokio::task::spawn_blocking(move || sluice_json::decode(signal, &json, max));
        task.await.map_err(|error| lost(&error))?
    };
    let decoded = decoded.map_err(|error| match error {
        DecodeError::TooLarge { .. } => {
            Rejection::new(Cause::TooLarge, format!("{error} (max_request_body_size); send smaller ones"))
        }
        DecodeError::Malformed { ref path, .. } => {
            let path = path.clone();
            Rejection::new(Cause::Malformed, error.to_string()).at(path)
        }
    })?;
    hold.grow(decoded.len().saturating_sub(length))?;
    // The text is gone, and what it was thought to need at most.
    hold.shrink(length + length.saturating_sub(decoded.len()));
    Ok(decoded.into())
}

/// Why a task has no result.
fn lost(error: &JoinError) -> Rejection {
    if error.is_panic() {
        Rejection::new(Cause::Panic, "the gateway failed on this request's JSON")
    } else {
        Rejection::new(Cause::ShuttingDown, "the gateway is shutting down")
    }
}

fn too_large(max: usize) -> Rejection {
    let message =
        format!("the request is larger than max_request_body_size ({max} bytes); send smaller ones");
    Rejection::new(Cause::TooLarge, message)
}
