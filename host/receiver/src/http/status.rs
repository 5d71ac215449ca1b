use http::StatusCode;

use crate::rejection::Cause;

/// OTLP 1.11: of all codes, clients send the same again after 429, 502, 503 and 504 only. So whatever a retry
/// can mend is 503, a client that was too slow (408 elsewhere) included.
pub(super) const fn code(cause: Cause) -> StatusCode {
    match cause {
        Cause::Malformed => StatusCode::BAD_REQUEST,
        Cause::Unauthenticated => StatusCode::UNAUTHORIZED,
        Cause::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Cause::NoPipeline | Cause::UnknownMethod | Cause::UnknownPath => StatusCode::NOT_FOUND,
        Cause::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Cause::UnknownContentType | Cause::UnknownEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Cause::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Cause::BytesInFlight
        | Cause::Overloaded
        | Cause::Unavailable
        | Cause::ShuttingDown
        | Cause::SlowClient
        | Cause::DeadlineExceeded
        | Cause::Cancelled
        | Cause::Panic => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
