//! What became of an item.

/// The key of a span, log record or data point.
///
/// Compares with text and bytes: `assert_eq!(key, "acme")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The bytes that decide where the item goes.
    Bytes(Vec<u8>),
    /// No stage gave one, and the plan says [`Missing::Spread`](crate::Missing::Spread).
    Spread,
    /// No stage gave one, and the plan says [`Missing::Reject`](crate::Missing::Reject).
    Rejected,
}

impl PartialEq<[u8]> for Key {
    fn eq(&self, bytes: &[u8]) -> bool {
        matches!(self, Self::Bytes(key) if key == bytes)
    }
}

impl PartialEq<&str> for Key {
    fn eq(&self, text: &&str) -> bool {
        *self == *text.as_bytes()
    }
}

impl PartialEq<&[u8]> for Key {
    fn eq(&self, bytes: &&[u8]) -> bool {
        *self == **bytes
    }
}

impl<const LENGTH: usize> PartialEq<[u8; LENGTH]> for Key {
    fn eq(&self, bytes: &[u8; LENGTH]) -> bool {
        *self == bytes[..]
    }
}
