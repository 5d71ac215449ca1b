//! Reading a `KeyValue` and the `AnyValue` in it, as the Collector's getters do.

use crate::wire::{Field, Fields, Value};

/// What an attribute holds, as far as a typed field can ask for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    /// No value, a list, a map, or bytes.
    Other,
    Text(&'a [u8]),
    Boolean(bool),
    Integer(i64),
    Double(f64),
}

/// The key of an encoded `KeyValue`.
#[inline]
pub(super) fn key(pair: &[u8]) -> &[u8] {
    // Every writer puts a short key first and one value behind it. Then there is nothing to search.
    if let [0x0a, length @ 0..0x80, rest @ ..] = pair
        && let Some((key, [0x12, length @ 0..0x80, value @ ..])) = rest.split_at_checked(usize::from(*length))
        && value.len() == usize::from(*length)
    {
        return key;
    }
    search_key(pair)
}

/// The same for whatever the wire may have: the last field of that number counts.
fn search_key(pair: &[u8]) -> &[u8] {
    bytes_fields(pair, 1).last().unwrap_or_default()
}

/// The `AnyValue`s of an encoded `KeyValue`: one, or none. If there are several, a decoder merges them
/// into one, which is what their concatenation reads as.
pub(super) fn values(pair: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes_fields(pair, 2)
}

/// What the attribute holds.
pub(super) fn scalar(pair: &[u8]) -> Scalar<'_> {
    values(pair).flat_map(fields).fold(Scalar::Other, |before, field| match (field.number, field.value) {
        (1, Value::Bytes(text)) => Scalar::Text(text),
        (2, Value::Varint(number)) => Scalar::Boolean(number != 0),
        (3, Value::Varint(number)) => Scalar::Integer(number.cast_signed()),
        (4, Value::Fixed64(bits)) => Scalar::Double(f64::from_bits(bits)),
        // The other members of the same oneof take the place of what was there.
        (5..=8, _) => Scalar::Other,
        _ => before,
    })
}

fn bytes_fields(message: &[u8], number: u32) -> impl Iterator<Item = &[u8]> {
    fields(message).filter_map(move |field| match field.value {
        Value::Bytes(bytes) if field.number == number => Some(bytes),
        _ => None,
    })
}

/// The fields of a message up to the first that is malformed. A scanned request has none of those.
#[inline]
pub(super) fn fields(message: &[u8]) -> impl Iterator<Item = Field<'_>> {
    let mut reader = Fields::new(message);
    std::iter::from_fn(move || reader.next_field().ok().flatten())
}
