use std::time::Duration;

use sluice_auth::Denied;
use sluice_pipeline::{Reason, Refusal};

/// When a client may try again whose password could not be checked.
const BUSY_RETRY: Duration = Duration::from_secs(5);

/// A request that is answered with an error: why, for whom, and when to try again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) cause: Cause,
    /// For people: what, where, and what to do.
    pub(crate) message: String,
    pub(crate) retry_after: Option<Duration>,
    /// The field at fault, where it is known.
    pub(crate) place: Option<String>,
}

/// Why a request is answered with an error; a transport maps it to its own codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Cause {
    /// The bytes are not what they should be.
    Malformed,
    /// Larger than the limit, before or after decompression.
    TooLarge,
    /// Too many bytes are in flight in this receiver.
    BytesInFlight,
    /// The pipeline has no room now.
    Overloaded,
    /// The pipeline has nobody to take it now.
    Unavailable,
    /// We are draining.
    ShuttingDown,
    /// No pipeline takes this signal.
    NoPipeline,
    /// No such method.
    UnknownMethod,
    /// No such path.
    UnknownPath,
    /// Nothing that is posted.
    MethodNotAllowed,
    /// Neither of the forms that the transport has.
    UnknownContentType,
    /// Compressed in a way that we do not know.
    UnknownEncoding,
    /// Headers beyond the limit.
    HeadersTooLarge,
    /// The message did not arrive in time.
    SlowClient,
    /// The client's own deadline has passed.
    DeadlineExceeded,
    /// The client has not shown that it may send.
    Unauthenticated,
    /// The client took the request back before it was complete.
    Cancelled,
    /// The pipeline has a bug, which this request met.
    Panic,
}

impl Cause {
    /// All causes; the position of each is [`Cause::index`].
    pub(crate) const ALL: [Self; 18] = [
        Self::Malformed,
        Self::TooLarge,
        Self::BytesInFlight,
        Self::Overloaded,
        Self::Unavailable,
        Self::ShuttingDown,
        Self::NoPipeline,
        Self::UnknownMethod,
        Self::UnknownPath,
        Self::MethodNotAllowed,
        Self::UnknownContentType,
        Self::UnknownEncoding,
        Self::HeadersTooLarge,
        Self::SlowClient,
        Self::DeadlineExceeded,
        Self::Unauthenticated,
        Self::Cancelled,
        Self::Panic,
    ];

    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The value of the label `reason`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::BytesInFlight => "bytes_in_flight",
            Self::Overloaded => "overloaded",
            Self::Unavailable => "unavailable",
            Self::ShuttingDown => "shutting_down",
            Self::NoPipeline => "no_pipeline",
            Self::UnknownMethod => "unknown_method",
            Self::UnknownPath => "unknown_path",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::UnknownContentType => "unknown_content_type",
            Self::UnknownEncoding => "unknown_encoding",
            Self::HeadersTooLarge => "headers_too_large",
            Self::SlowClient => "slow_client",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::Unauthenticated => "unauthenticated",
            Self::Cancelled => "cancelled",
            Self::Panic => "panic",
        }
    }
}

impl Rejection {
    pub(crate) fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self { cause, message: message.into(), retry_after: None, place: None }
    }

    pub(crate) fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    pub(crate) fn at(mut self, place: String) -> Self {
        self.place = Some(place).filter(|place| !place.is_empty());
        self
    }
}

impl From<Denied> for Rejection {
    fn from(denied: Denied) -> Self {
        let cause = match denied {
            Denied::Missing | Denied::Malformed | Denied::Wrong => Cause::Unauthenticated,
            Denied::Busy => Cause::Overloaded,
        };
        let rejection = Self::new(cause, denied.to_string());
        if cause == Cause::Overloaded { rejection.retry_after(BUSY_RETRY) } else { rejection }
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        let cause = match refusal.reason {
            Reason::Malformed => Cause::Malformed,
            Reason::TooLarge => Cause::TooLarge,
            Reason::Overloaded => Cause::Overloaded,
            Reason::Unavailable => Cause::Unavailable,
            Reason::ShuttingDown => Cause::ShuttingDown,
        };
        Self { cause, message: refusal.message, retry_after: refusal.retry_after, place: None }
    }
}
