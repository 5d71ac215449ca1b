use std::borrow::Cow;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::rejection::{Cause, Rejection};

/// The longest message that goes into a status or a partial success: a header must stay well below what
/// clients accept (8 to 16 KiB), and percent-encoding may triple it.
const MAX_MESSAGE_BYTES: usize = 1024;

/// What the client is told, with `google.rpc.RetryInfo` where a time is known.
pub(super) fn status(rejection: &Rejection) -> Status {
    let message = shorten(&rejection.message);
    match rejection.retry_after {
        Some(delay) => {
            let details = ErrorDetails::with_retry_info(Some(delay));
            Status::with_error_details(code(rejection.cause), message, details)
        }
        None => Status::new(code(rejection.cause), message),
    }
}

/// OTLP 1.11's table: the left side of each arm decides whether clients send the same again.
const fn code(cause: Cause) -> Code {
    match cause {
        Cause::Malformed => Code::InvalidArgument,
        // Without RetryInfo this is final.
        Cause::TooLarge => Code::ResourceExhausted,
        Cause::NoPipeline | Cause::UnknownMethod | Cause::UnknownEncoding => Code::Unimplemented,
        Cause::BytesInFlight
        | Cause::Overloaded
        | Cause::Unavailable
        | Cause::ShuttingDown
        | Cause::Panic => Code::Unavailable,
        Cause::SlowClient | Cause::DeadlineExceeded => Code::DeadlineExceeded,
        Cause::Unauthenticated => Code::Unauthenticated,
        Cause::Cancelled => Code::Cancelled,
    }
}

/// The beginning of `message`, as much as a client is sure to accept.
pub(super) fn shorten(message: &str) -> Cow<'_, str> {
    if message.len() <= MAX_MESSAGE_BYTES {
        return Cow::Borrowed(message);
    }
    let end = message.floor_char_boundary(MAX_MESSAGE_BYTES);
    Cow::Owned(format!("{}...", &message[..end]))
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
