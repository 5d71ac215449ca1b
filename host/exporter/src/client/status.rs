use std::error::Error;
use std::time::Duration;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use sluice_auth::NoToken;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::{ErrorKind, ExportError};

/// What a server answered: code, words, details.
#[derive(Debug)]
pub(super) struct Answer {
    code: Code,
    message: String,
    /// A serialized `google.rpc.Status`.
    details: Bytes,
}

/// The status in headers or trailers. tonic's reader is not used: it panics on details that are not base64.
pub(super) fn answer(headers: &HeaderMap) -> Option<Answer> {
    let code = Code::from_bytes(headers.get("grpc-status")?.as_bytes());
    let message =
        headers.get("grpc-message").map(|value| percent_decoded(value.as_bytes())).unwrap_or_default();
    let message = String::from_utf8_lossy(&message).into_owned();
    let details =
        headers.get("grpc-status-details-bin").and_then(|value| BASE64.decode(value.as_bytes()).ok());
    Some(Answer { code, message, details: details.unwrap_or_default().into() })
}

impl Answer {
    /// What an HTTP status stands for that came without gRPC's own.
    ///
    /// Source: grpc/doc/http-grpc-status-mapping.md.
    pub(super) fn of_http(status: StatusCode) -> Self {
        let code = match status.as_u16() {
            400 => Code::Internal,
            401 => Code::Unauthenticated,
            403 => Code::PermissionDenied,
            404 => Code::Unimplemented,
            429 | 502 | 503 | 504 => Code::Unavailable,
            _ => Code::Unknown,
        };
        Self {
            code,
            message: format!("the server answered HTTP {status} without a gRPC status"),
            details: Bytes::new(),
        }
    }

    pub(super) fn into_result(self) -> Result<(), ExportError> {
        if self.code == Code::Ok { Ok(()) } else { Err(self.into_error()) }
    }

    pub(super) fn into_error(self) -> ExportError {
        let status = Status::with_details(self.code, self.message, self.details);
        let retry_info = status.get_details_retry_info();
        let kind = classify(self.code, status.message(), retry_info.map(|info| info.retry_delay));
        ExportError { kind, code: self.code, message: status.message().to_owned() }
    }
}

/// OTLP 1.11's table of codes. `retry_info`: whether the server sent one, and the delay in it.
fn classify(code: Code, message: &str, retry_info: Option<Option<Duration>>) -> ErrorKind {
    let after = retry_info.flatten();
    match code {
        Code::OutOfRange if says_too_large(message) => ErrorKind::TooLarge,
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => ErrorKind::Retryable { after },
        Code::ResourceExhausted if retry_info.is_some() => ErrorKind::Retryable { after },
        Code::ResourceExhausted if says_too_large(message) => ErrorKind::TooLarge,
        _ => ErrorKind::Permanent,
    }
}

/// How gRPC servers say that a message is over their limit.
const TOO_LARGE: [&str; 5] = [
    // grpc-go and gRPC's C core, with their heirs in Python, C++, Ruby
    "larger than max",
    // grpc-java
    "exceeds maximum size",
    // grpc-dotnet
    "exceeds the maximum configured message size",
    // tonic, which says OUT_OF_RANGE
    "message length too large",
    // tonic again, of a compressed message
    "exceeded while decompressing message",
];

fn says_too_large(message: &str) -> bool {
    TOO_LARGE.iter().any(|words| message.contains(words))
}

/// A refusal that no retry cures.
pub(super) fn refused(code: Code, message: String) -> ExportError {
    ExportError { kind: ErrorKind::Permanent, code, message }
}

/// There was no answer in time.
pub(super) fn no_answer(timeout: Duration) -> ExportError {
    let message = format!("no answer within {timeout:?}");
    ExportError { kind: ErrorKind::Retryable { after: None }, code: Code::DeadlineExceeded, message }
}

/// There was no answer: no connection, or a lost one.
pub(super) fn no_reply(error: &(dyn Error + 'static)) -> ExportError {
    let timed_out = chain(error).any(<dyn Error>::is::<tonic::TimeoutExpired>);
    let code = if timed_out { Code::DeadlineExceeded } else { Code::Unavailable };
    ExportError { kind: ErrorKind::Retryable { after: None }, code, message: describe(error) }
}

/// There is nothing to show the server yet.
pub(super) fn not_ready(error: &NoToken) -> ExportError {
    let kind = ErrorKind::Retryable { after: None };
    ExportError { kind, code: Code::Unavailable, message: error.to_string() }
}

/// Whether a request was not sent at all, for want of a connection.
pub(super) fn is_unconnected(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(<dyn Error>::is::<tonic::ConnectError>)
}

/// An error with its causes, each told once: transports hide what matters behind "transport error".
pub(super) fn describe(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    for cause in chain(error) {
        let words = cause.to_string();
        if !text.contains(&words) {
            let separator = if text.is_empty() { "" } else { ": " };
            text.push_str(separator);
            text.push_str(&words);
        }
    }
    text
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}

/// gRPC's encoding of messages; what is not valid in it stays as it is.
pub(super) fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'%', [high, low, tail @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(hex_digit(*high) << 4 | hex_digit(*low));
                tail
            }
            _ => {
                out.push(*first);
                tail
            }
        };
    }
    out
}

fn hex_digit(digit: u8) -> u8 {
    char::from(digit).to_digit(16).map_or(0, |value| value as u8)
}

/// gRPC allows base64 with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
