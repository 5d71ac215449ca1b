//! Values as text, the way the Collector writes them where it wants text.

use std::borrow::Cow;
use std::io::Write as _;

use super::{Nested, Value, hex, json};

impl<'a, N: Nested<'a>> Value<'a, N> {
    /// The value as text: text as it is, bytes and ids as hexadecimal digits, lists and maps as JSON. Hands back
    /// what cannot be written: nil, times and durations.
    pub(crate) fn into_text(self) -> Result<Cow<'a, [u8]>, Self> {
        Ok(match self {
            Self::Text(text) => text,
            Self::Boolean(true) => Cow::Borrowed(b"true"),
            Self::Boolean(false) => Cow::Borrowed(b"false"),
            Self::Int(value) => Cow::Owned(value.to_string().into_bytes()),
            Self::Double(value) => {
                let mut text = Vec::new();
                append_double(value, &mut text);
                Cow::Owned(text)
            }
            Self::Bytes(bytes) => Cow::Owned(hex::encode(&bytes)),
            Self::TraceId(id) => Cow::Owned(hex::encode(&id)),
            Self::SpanId(id) => Cow::Owned(hex::encode(&id)),
            Self::List(_) | Self::Map(_) => {
                let mut text = Vec::new();
                json::append(&self, &mut text);
                Cow::Owned(text)
            }
            other => return Err(other),
        })
    }
}

/// Go's `strconv.FormatFloat(value, 'f', -1, 64)`: as few digits as tell it from others, and no exponent.
pub(crate) fn append_double(value: f64, text: &mut Vec<u8>) {
    if value.is_nan() {
        text.extend_from_slice(b"NaN");
    } else if value.is_infinite() {
        text.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    } else {
        let _ = write!(text, "{value}");
    }
}
