//! Reading a `KeyValue` and the `AnyValue` in it, as the Collector's getters do.

use super::cursor::{Cursor, Raw};

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
    match usual(pair) {
        Some((key, _)) => key,
        None => delimited_fields(pair, 1).last().unwrap_or_default(),
    }
}

/// The `AnyValue`s of an encoded `KeyValue`: one, or none. If there are several, a decoder merges them
/// into one, which is what their concatenation reads as.
pub(super) fn values(pair: &[u8]) -> impl Iterator<Item = &[u8]> {
    delimited_fields(pair, 2)
}

/// What the attribute holds.
#[inline]
pub(super) fn scalar(pair: &[u8]) -> Scalar<'_> {
    match usual(pair) {
        Some((_, value)) => read(value, Scalar::Other),
        None => values(pair).fold(Scalar::Other, |before, value| read(value, before)),
    }
}

/// Key and value of a `KeyValue` as every writer puts it: a short key first, then one value that is not
/// long. Then there is nothing to search.
#[inline]
fn usual(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let (key, rest) = short(pair, 0x0a)?;
    let (value, rest) = short(rest, 0x12)?;
    rest.is_empty().then_some((key, value))
}

/// A field of this tag and of less than 128 bytes at the beginning, and what is behind it.
#[inline]
fn short(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    match bytes {
        [first, length @ 0..0x80, rest @ ..] if *first == tag => rest.split_at_checked(usize::from(*length)),
        _ => None,
    }
}

/// What an `AnyValue` holds; `before` where it holds nothing.
fn read<'a>(value: &'a [u8], before: Scalar<'a>) -> Scalar<'a> {
    Cursor::new(value).fold(before, |before, piece| match (piece.number, piece.value) {
        (1, Raw::Delimited(text)) => Scalar::Text(text),
        (2, Raw::Varint(number)) => Scalar::Boolean(number != 0),
        (3, Raw::Varint(number)) => Scalar::Integer(number.cast_signed()),
        (4, Raw::Fixed64(bits)) => Scalar::Double(f64::from_bits(bits)),
        // The other members of the same oneof take the place of what was there.
        (5..=8, _) => Scalar::Other,
        _ => before,
    })
}

fn delimited_fields(message: &[u8], number: u32) -> impl Iterator<Item = &[u8]> {
    Cursor::new(message).filter_map(move |piece| match piece.value {
        Raw::Delimited(content) if piece.number == number => Some(content),
        _ => None,
    })
}
