//! Attribute values, decoded as they are looked at.

mod text;
mod wire;

use wire::Fields;

/// The value of an attribute, or a log record's body: OTLP's `AnyValue`.
#[derive(Clone, Copy, Debug)]
pub enum AnyValue<'a> {
    /// No value was sent.
    Empty,
    /// Text; what is not UTF-8 reads as `""`.
    Text(&'a str),
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// Values in a row.
    Array(Array<'a>),
    /// Values by key.
    Map(Attributes<'a>),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl<'a> AnyValue<'a> {
    /// Decodes an encoded `AnyValue`. Where the bytes are none, it is what was read until there.
    #[must_use]
    pub fn decode(bytes: &'a [u8]) -> Self {
        let mut value = Self::Empty;
        for field in Fields::new(bytes) {
            // Of several members of a oneof, the last one counts.
            value = match (field.number, field.value) {
                (1, wire::Value::Bytes(text)) => Self::Text(std::str::from_utf8(text).unwrap_or_default()),
                (2, wire::Value::Number(number)) => Self::Boolean(number != 0),
                (3, wire::Value::Number(number)) => Self::Int(number.cast_signed()),
                (4, wire::Value::Number(bits)) => Self::Double(f64::from_bits(bits)),
                (5, wire::Value::Bytes(array)) => Self::Array(Array(array)),
                (6, wire::Value::Bytes(map)) => Self::Map(Attributes(map)),
                (7, wire::Value::Bytes(bytes)) => Self::Bytes(bytes),
                _ => value,
            };
        }
        value
    }
}

/// Values in a row: OTLP's `ArrayValue`.
#[derive(Clone, Copy, Debug)]
pub struct Array<'a>(&'a [u8]);

impl<'a> Array<'a> {
    /// The values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = AnyValue<'a>> + use<'a> {
        Fields::new(self.0).filter_map(|field| match (field.number, field.value) {
            (1, wire::Value::Bytes(value)) => Some(AnyValue::decode(value)),
            _ => None,
        })
    }
}

/// Values by key: OTLP's `KeyValueList`.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a>(&'a [u8]);

impl<'a> Attributes<'a> {
    /// Decodes an encoded `KeyValueList`. Where the bytes are none, it is what was read until there.
    #[must_use]
    pub fn decode(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Keys and values, in the order in which they were sent; a key may come twice.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, AnyValue<'a>)> + use<'a> {
        Fields::new(self.0).filter_map(|field| match (field.number, field.value) {
            (1, wire::Value::Bytes(pair)) => Some(decode_pair(pair)),
            _ => None,
        })
    }

    /// The value of a key; of the first one, where it comes twice.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<AnyValue<'a>> {
        self.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

fn decode_pair(pair: &[u8]) -> (&str, AnyValue<'_>) {
    let mut key: &[u8] = &[];
    let mut value: &[u8] = &[];
    for field in Fields::new(pair) {
        match (field.number, field.value) {
            (1, wire::Value::Bytes(bytes)) => key = bytes,
            (2, wire::Value::Bytes(bytes)) => value = bytes,
            _ => {}
        }
    }
    (std::str::from_utf8(key).unwrap_or_default(), AnyValue::decode(value))
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
