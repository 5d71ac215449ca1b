//! What a field of a decoded message reads as, by the words of the WIT package.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{KeyValue, KeyValueList};
use prost::Message;
use sluice_otlp::columns::ValueType;

use crate::read::{Cell, Read};

pub(crate) fn present(cell: Cell) -> Read {
    (cell, true)
}

pub(crate) fn text(text: &str) -> Read {
    present(Cell::text(text))
}

pub(crate) fn number(number: u32) -> Read {
    present(Cell::U32(number))
}

pub(crate) fn enumeration(number: i32) -> Read {
    present(Cell::U32(number.cast_unsigned()))
}

pub(crate) fn time(time: u64) -> Read {
    present(Cell::U64(time))
}

/// An id; absent and all zeros are the same.
pub(crate) fn id<const N: usize>(id: &[u8]) -> Read {
    let id = if id.is_empty() { &[0; N][..] } else { id };
    (Cell::Fixed(id.to_vec()), id.iter().any(|byte| *byte != 0))
}

pub(crate) fn double(number: Option<f64>) -> Read {
    (Cell::F64(number.unwrap_or_default()), number.is_some())
}

/// The encoded size of a message in its parent, with tag and length.
pub(crate) fn size(message: &impl Message) -> u32 {
    let length = message.encoded_len();
    (1 + prost::length_delimiter_len(length) + length) as u32
}

pub(crate) fn all_attributes(attributes: &[KeyValue]) -> Read {
    present(Cell::Bytes(KeyValueList { values: attributes.to_vec() }.encode_to_vec()))
}

pub(crate) fn attribute(attributes: &[KeyValue], key: &str, value_type: ValueType) -> Read {
    let pair = attributes.iter().find(|pair| pair.key == key);
    let value = pair.and_then(|pair| pair.value.as_ref());
    let content = value.and_then(|value| value.value.as_ref());
    let cell = match (value_type, content) {
        (ValueType::Any, _) => Cell::Bytes(value.map(Message::encode_to_vec).unwrap_or_default()),
        (ValueType::Text, Some(Value::StringValue(text))) => Cell::text(text),
        (ValueType::Text, _) => Cell::text(""),
        (ValueType::Int, Some(Value::IntValue(number))) => Cell::S64(*number),
        (ValueType::Int, _) => Cell::S64(0),
        (ValueType::Double, Some(Value::DoubleValue(number))) => Cell::F64(*number),
        (ValueType::Double, _) => Cell::F64(0.0),
        (ValueType::Boolean, content) => Cell::U8(u8::from(content == Some(&Value::BoolValue(true)))),
    };
    (cell, pair.is_some())
}
