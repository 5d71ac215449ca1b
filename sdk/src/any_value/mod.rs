//! Attribute values, decoded as they are looked at.

mod text;
mod wire;

use wire::Fields;

/// The value of an attribute, or a log record's body: OTLP's `AnyValue`.
#[derive(Clone, Copy, Debug)]
pub enum AnyValue<'a> {
    /// No value was sent.
    Empty,
    /// Text, as it was sent: UTF-8, if the sender keeps to OTLP. See [`AnyValue::as_str`].
    Text(&'a [u8]),
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
        Self::Empty.replaced_by(bytes)
    }

    /// The text; `None` where it is none, or not UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }

    /// What is read from a further piece of the same message: of several members of a oneof, the last counts.
    fn replaced_by(self, bytes: &'a [u8]) -> Self {
        let mut value = self;
        for field in Fields::new(bytes) {
            value = match (field.number, field.value) {
                (1, wire::Value::Bytes(text)) => Self::Text(text),
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

    /// Keys and values, in the order in which they were sent; a key may come twice. Keys are text.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], AnyValue<'a>)> + use<'a> {
        Fields::new(self.0).filter_map(|field| match (field.number, field.value) {
            (1, wire::Value::Bytes(pair)) => Some(decode_pair(pair)),
            _ => None,
        })
    }

    /// The value of a key; of the first one, where it comes twice.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<AnyValue<'a>> {
        self.iter().find(|(name, _)| *name == key.as_bytes()).map(|(_, value)| value)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

fn decode_pair(pair: &[u8]) -> (&[u8], AnyValue<'_>) {
    let mut key: &[u8] = &[];
    let mut value = AnyValue::Empty;
    for field in Fields::new(pair) {
        match (field.number, field.value) {
            (1, wire::Value::Bytes(bytes)) => key = bytes,
            (2, wire::Value::Bytes(bytes)) => value = value.replaced_by(bytes),
            _ => {}
        }
    }
    (key, value)
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
