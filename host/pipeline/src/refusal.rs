use std::time::Duration;

use thiserror::Error;

/// Why nothing of a payload, or not all of it, was taken: what the client is told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Refusal {
    /// Whose fault it is, and whether sending it again can help.
    pub reason: Reason,
    /// For people: what, where, and what to do.
    pub message: String,
    /// When to try again, where we know.
    pub retry_after: Option<Duration>,
}

/// Classes of refusal, as OTLP 1.11 tells them apart. What a retry can never deliver is no refusal but
/// [`Accepted::rejected`](crate::Accepted::rejected).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The client's bytes are not what they should be: `INVALID_ARGUMENT`, never sent again.
    Malformed,
    /// Larger than the configured limit: `RESOURCE_EXHAUSTED` without `RetryInfo`, never sent again as it is.
    TooLarge,
    /// No room now (a queue is full, memory is short): `UNAVAILABLE` with `RetryInfo`.
    Overloaded,
    /// Nobody to take it now (no backend, or the backends do not answer): `UNAVAILABLE`.
    Unavailable,
    /// We are draining before the end: `UNAVAILABLE`.
    ShuttingDown,
}

impl Reason {
    /// Whether the client should send the same again.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::Malformed | Self::TooLarge => false,
            Self::Overloaded | Self::Unavailable | Self::ShuttingDown => true,
        }
    }

    /// A label for metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Overloaded => "overloaded",
            Self::Unavailable => "unavailable",
            Self::ShuttingDown => "shutting_down",
        }
    }
}

impl Refusal {
    /// A refusal without a word on when to try again.
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), retry_after: None }
    }

    /// The same, with the time after which a retry makes sense.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }
}
