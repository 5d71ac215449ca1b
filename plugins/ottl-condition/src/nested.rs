//! Attribute values as conditions see them.

use std::borrow::Cow;

use sluice_ottl::{List, Map, Nested, Value};
use sluice_sdk::{AnyValue, Array, Attributes};

/// A list or a map in its encoded form.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Encoded<'a> {
    List(Array<'a>),
    Map(Attributes<'a>),
}

impl<'a> Nested<'a> for Encoded<'a> {
    fn entries(self) -> impl Iterator<Item = (&'a [u8], Value<'a, Self>)> {
        let (list, map) = match self {
            Self::List(list) => (Some(list), None),
            Self::Map(map) => (None, Some(map)),
        };
        let list = list.into_iter().flat_map(|list| list.iter()).map(|value| (&b""[..], value_of(value)));
        list.chain(map.into_iter().flat_map(|map| map.iter()).map(|(key, value)| (key, value_of(value))))
    }
}

/// The value of an attribute.
#[inline]
pub(crate) fn value_of(value: AnyValue<'_>) -> Value<'_, Encoded<'_>> {
    match value {
        AnyValue::Empty => Value::Nil,
        AnyValue::Text(text) => Value::Text(Cow::Borrowed(text)),
        AnyValue::Boolean(value) => Value::Boolean(value),
        AnyValue::Int(value) => Value::Int(value),
        AnyValue::Double(value) => Value::Double(value),
        AnyValue::Array(array) => Value::List(List::Encoded(Encoded::List(array))),
        AnyValue::Map(map) => Value::Map(Map::Encoded(Encoded::Map(map))),
        AnyValue::Bytes(bytes) => Value::Bytes(Cow::Borrowed(bytes)),
    }
}
