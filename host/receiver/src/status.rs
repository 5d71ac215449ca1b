//! What a client is told of a rejection, whatever the transport: `google.rpc.Status`.

use std::borrow::Cow;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::rejection::{Cause, Rejection};

/// The longest message that goes into a status or a partial success: a header must stay well below what
/// clients accept (8 to 16 KiB), and percent-encoding may triple it.
const MAX_MESSAGE_BYTES: usize = 1024;

/// The longest place and description in `BadRequest`, which repeat a part of the message.
const MAX_DETAIL_BYTES: usize = 256;

/// The status with `google.rpc.RetryInfo` where a time is known, and `BadRequest` where a place is.
pub(crate) fn status(rejection: &Rejection) -> Status {
    let (code, message) = (code(rejection.cause), shorten(&rejection.message));
    let details = match (rejection.retry_after, &rejection.place) {
        (Some(delay), _) => ErrorDetails::with_retry_info(Some(delay)),
        (None, Some(place)) => {
            let (place, description) = (cut(place, MAX_DETAIL_BYTES), cut(&message, MAX_DETAIL_BYTES));
            ErrorDetails::with_bad_request_violation(place, description)
        }
        (None, None) => return Status::new(code, message),
    };
    Status::with_error_details(code, message, details)
}

/// OTLP 1.11's table: the left side of each arm decides whether clients send the same again.
const fn code(cause: Cause) -> Code {
    match cause {
        Cause::Malformed | Cause::UnknownContentType | Cause::HeadersTooLarge => Code::InvalidArgument,
        // Without RetryInfo this is final.
        Cause::TooLarge => Code::ResourceExhausted,
        Cause::NoPipeline
        | Cause::UnknownMethod
        | Cause::UnknownPath
        | Cause::MethodNotAllowed
        | Cause::UnknownEncoding => Code::Unimplemented,
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
pub(crate) fn shorten(message: &str) -> Cow<'_, str> {
    cut(message, MAX_MESSAGE_BYTES)
}

fn cut(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(max);
    Cow::Owned(format!("{}...", &text[..end]))
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
