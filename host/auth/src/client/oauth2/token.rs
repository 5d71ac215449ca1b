use std::time::{Duration, Instant};

use http::HeaderValue;

use super::answer::Answer;
use crate::NoToken;

/// A token, and until when it is good. Pure.
pub(super) struct Token {
    shown: HeaderValue,
    /// When to fetch the next one; `None`: never.
    due: Option<Instant>,
    /// When it is no longer good.
    over: Option<Instant>,
}

impl Token {
    /// A token that came at `now`. The next is fetched `buffer` before it expires, but never in the first half of its
    /// time: a server whose tokens are shorter than the buffer would be asked for each request.
    pub(super) fn new(answer: &Answer, now: Instant, buffer: Duration) -> Result<Self, NoToken> {
        let shown = HeaderValue::from_str(&format!("{} {}", answer.scheme, answer.access_token));
        let mut shown = shown.map_err(|_| NoToken("it has characters that cannot be sent".to_owned()))?;
        shown.set_sensitive(true);
        let due = answer
            .expires_in
            .and_then(|lifetime| now.checked_add(lifetime.saturating_sub(buffer).max(lifetime / 2)));
        Ok(Self { shown, due, over: answer.expires_in.and_then(|lifetime| now.checked_add(lifetime)) })
    }

    pub(super) fn shown(&self) -> &HeaderValue {
        &self.shown
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.over.is_some_and(|over| over <= now)
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
