//! Attribute values for tests, and how they are encoded.

/// The value of an attribute; made from text, numbers and booleans with `into()`.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A key without a value.
    Empty,
    /// Text; UTF-8, if the sender keeps to OTLP.
    Text(Vec<u8>),
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Values in a row.
    Array(Vec<Value>),
    /// Values by key.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The value as OTLP's encoded `AnyValue`, for [`AnyValue::decode`](crate::AnyValue::decode).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoded = Vec::new();
        encode(self, &mut encoded);
        encoded
    }
}

macro_rules! value_from {
    ($($from:ty => $value:ident),*) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$value(value.into())
            }
        }
    )*};
}
value_from!(&str => Text, String => Text, bool => Boolean, i64 => Int, f64 => Double);

/// Appends a value as an `AnyValue`.
fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Empty => {}
        Value::Text(text) => encode_bytes(1, text, out),
        Value::Boolean(value) => out.extend_from_slice(&[2 << 3, u8::from(*value)]),
        Value::Int(value) => {
            out.push(3 << 3);
            encode_varint(value.cast_unsigned(), out);
        }
        Value::Double(value) => {
            out.push(4 << 3 | 1);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::Array(values) => {
            let mut array = Vec::new();
            for value in values {
                encode_bytes(1, &value.encode(), &mut array);
            }
            encode_bytes(5, &array, out);
        }
        Value::Map(pairs) => encode_bytes(6, &encode_list(pairs), out),
        Value::Bytes(bytes) => encode_bytes(7, bytes, out),
    }
}

/// A `KeyValueList`.
pub(super) fn encode_list(pairs: &[(String, Value)]) -> Vec<u8> {
    let mut list = Vec::new();
    for (key, value) in pairs {
        let mut pair = Vec::new();
        encode_bytes(1, key.as_bytes(), &mut pair);
        encode_bytes(2, &value.encode(), &mut pair);
        encode_bytes(1, &pair, &mut list);
    }
    list
}

fn encode_bytes(field: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(field << 3 | 2);
    encode_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

fn encode_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
