use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use sluice_pipeline::Accepted;
use tonic::Code;

use super::{answer, retry_after};
use crate::client::compress::decompress;
use crate::client::status::no_reply;
use crate::client::{ErrorKind, ExportError, MAX_REPLY};

/// Reads a server's answer by OTLP/HTTP's rules.
pub(super) async fn read<B>(response: Response<B>) -> Result<Accepted, ExportError>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    let (head, body) = response.into_parts();
    let body = collect(body, &head.headers).await;
    if head.status.is_success() {
        // The status says that the request was taken; what is wrong with the rest of the answer is told.
        return Ok(match body {
            Ok(body) => answer::accepted(form(&head.headers), &body),
            Err(Unread::Broken(error)) => return Err(error),
            Err(Unread::Unfit(words)) => Accepted::partly(0, words),
        });
    }
    Err(refusal(head.status, &head.headers, &body.unwrap_or_default()))
}

/// How a body is written, by its content type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Proto,
    Json,
    Other,
}

fn form(headers: &HeaderMap) -> Form {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let word = content_type.split(';').next().unwrap_or_default().trim();
    if word.eq_ignore_ascii_case("application/x-protobuf") {
        Form::Proto
    } else if word.eq_ignore_ascii_case("application/json") {
        Form::Json
    } else {
        Form::Other
    }
}

/// Why a body was not read.
#[derive(Debug)]
enum Unread {
    /// The connection was lost.
    Broken(ExportError),
    /// It is too long, or compressed in a way that we do not know.
    Unfit(String),
}

async fn collect<B>(body: B, headers: &HeaderMap) -> Result<Bytes, Unread>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    let collected = Limited::new(body, MAX_REPLY).collect().await;
    let body = match collected {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Err(Unread::Unfit(format!("the server's answer is longer than {MAX_REPLY} bytes")));
        }
        Err(error) => return Err(Unread::Broken(no_reply(&*error))),
    };
    match headers.get(CONTENT_ENCODING).map(|value| value.to_str().unwrap_or_default()) {
        None | Some("" | "identity") => Ok(body),
        Some(encoding) => decompress(encoding, &body, MAX_REPLY)
            .map_err(|error| Unread::Unfit(format!("the server's answer cannot be decompressed: {error}"))),
    }
}

/// What a status that is no success means, with the server's words.
fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ExportError {
    let (kind, code) = classify(status, headers);
    let mut message = format!("HTTP {status}");
    if let Some(location) = headers.get(LOCATION).filter(|_| status.is_redirection()) {
        let location = location.to_str().unwrap_or("elsewhere");
        message = format!("{message}: the server leads to {location}; write that as the endpoint");
    }
    if let Some(words) = answer::words(form(headers), body) {
        message = format!("{message}: {words}");
    }
    ExportError { kind, code, message }
}

/// OTLP 1.11: these four are worth a retry. 413 stands for gRPC's word that smaller requests may pass.
fn classify(status: StatusCode, headers: &HeaderMap) -> (ErrorKind, Code) {
    let retryable = || {
        let after = headers.get(RETRY_AFTER);
        let after = after.and_then(|value| retry_after(value.as_bytes(), SystemTime::now()));
        ErrorKind::Retryable { after }
    };
    match status.as_u16() {
        429 => (retryable(), Code::ResourceExhausted),
        502..=504 => (retryable(), Code::Unavailable),
        413 => (ErrorKind::TooLarge, Code::ResourceExhausted),
        400 => (ErrorKind::Permanent, Code::InvalidArgument),
        401 | 407 => (ErrorKind::Permanent, Code::Unauthenticated),
        403 => (ErrorKind::Permanent, Code::PermissionDenied),
        // None of these is about the data.
        300..=399 | 404 | 405 | 415 => (ErrorKind::Permanent, Code::Unimplemented),
        _ => (ErrorKind::Permanent, Code::Unknown),
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
