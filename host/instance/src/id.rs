use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue};

/// In a request it asks for the id, whatever its value; in the answer it is the id.
pub const HEADER: HeaderName = HeaderName::from_static("sluice-instance");

/// The value with which our own clients ask.
pub const QUESTION: HeaderValue = HeaderValue::from_static("?");

/// An id has so many hex digits.
const DIGITS: usize = 16;

/// Made when it is first asked for, and the same ever after.
static OWN: LazyLock<HeaderValue> = LazyLock::new(|| {
    // The standard library's hash maps are keyed by the system's randomness: a hash of nothing is 64 bits of it.
    let id = InstanceId(RandomState::new().hash_one(()));
    HeaderValue::try_from(id.to_string()).unwrap_or(HeaderValue::from_static("0000000000000000"))
});

/// Tells a process from all others, also from the one that was there before it was restarted: 64 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InstanceId(pub u64);

impl InstanceId {
    /// The id that an answer tells; `None` where it tells none, or something else than 16 hex digits.
    #[must_use]
    pub fn of(answer: &HeaderMap) -> Option<Self> {
        let text = answer.get(&HEADER)?.to_str().ok().filter(|text| text.len() == DIGITS)?;
        // A sign is no digit, though the parser takes one.
        let are_digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        are_digits.then(|| u64::from_str_radix(text, 16).ok()).flatten().map(Self)
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What this process answers to a request with these headers, under [`HEADER`]; `None` to who does not ask.
///
/// Costs a look-up, and no allocation.
#[must_use]
pub fn answer(request: &HeaderMap) -> Option<HeaderValue> {
    request.contains_key(&HEADER).then(|| OWN.clone())
}

#[cfg(test)]
#[path = "id_tests.rs"]
mod tests;
