//! The kinds of values that fields have, and what each reads as.

use crate::any_value::{AnyValue, Attributes as AttributeList};
use crate::bindings::sluice::plugin::columns::{BytesColumn, Column, Values};

/// The shape of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Byte strings.
    Bytes,
    /// As many bytes a row.
    Fixed(usize),
    /// One byte a row.
    U8s,
    /// 32 bits a row.
    U32s,
    /// 64 bits a row.
    U64s,
    /// 64 bits a row, signed.
    S64s,
    /// 64 bits a row, floating point.
    F64s,
}

impl Shape {
    pub(crate) fn is_that_of(self, values: &Values) -> bool {
        match (self, values) {
            (Self::Fixed(width), Values::Fixed(bytes)) => bytes.len().is_multiple_of(width),
            (Self::Bytes, Values::Bytes(_))
            | (Self::U8s, Values::U8s(_))
            | (Self::U32s, Values::U32s(_))
            | (Self::U64s, Values::U64s(_))
            | (Self::S64s, Values::S64s(_))
            | (Self::F64s, Values::F64s(_)) => true,
            _ => false,
        }
    }
}

/// A kind of value: one of the types of this module.
pub trait Value: 'static {
    /// What a row's value reads as.
    type Of<'a>;

    /// The shape of its columns.
    const SHAPE: Shape;

    /// Reads a row's value; `None` where the bytes are not of this kind.
    fn read(values: &Values, row: usize) -> Option<Self::Of<'_>>;
}

/// Whether a row of a column has a value.
#[inline]
pub(crate) fn is_present(column: &Column, row: usize) -> bool {
    column.present.is_empty() || column.present.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1)
}

#[inline]
fn bytes_of(values: &Values, row: usize) -> Option<&[u8]> {
    let Values::Bytes(BytesColumn { offsets, data }) = values else { return None };
    data.get(*offsets.get(row)? as usize..*offsets.get(row + 1)? as usize)
}

#[inline]
fn fixed_of<const WIDTH: usize>(values: &Values, row: usize) -> Option<&[u8; WIDTH]> {
    let Values::Fixed(bytes) = values else { return None };
    bytes.get(row * WIDTH..)?.first_chunk()
}

macro_rules! values {
    ($($(#[$documentation:meta])* $kind:ident: $shape:expr => $of:ty, $values:pat, $row:ident => $read:expr;)*) => {$(
        $(#[$documentation])*
        #[derive(Clone, Copy, Debug)]
        pub struct $kind;

        impl Value for $kind {
            type Of<'a> = $of;
            const SHAPE: Shape = $shape;

            #[inline]
            fn read(values: &Values, $row: usize) -> Option<Self::Of<'_>> {
                values!(@read values, $values => $read)
            }
        }
    )*};
    (@read $given:ident, $values:pat => $read:expr) => {
        match $given {
            $values => $read,
            #[allow(unreachable_patterns, reason = "a kind may take every shape and look itself")]
            _ => None,
        }
    };
}

values! {
    /// Text. What is not UTF-8 reads as absent; see [`Field::raw`](crate::Field::raw).
    Text: Shape::Bytes => &'a str, values, row => std::str::from_utf8(bytes_of(values, row)?).ok();
    /// Bytes as they were sent.
    Bytes: Shape::Bytes => &'a [u8], values, row => bytes_of(values, row);
    /// A value of any type.
    Any: Shape::Bytes => AnyValue<'a>, values, row => Some(AnyValue::decode(bytes_of(values, row)?));
    /// All attributes of a row.
    Attributes: Shape::Bytes => AttributeList<'a>, values, row => Some(AttributeList::decode(bytes_of(values, row)?));
    /// 16 bytes; an absent id is all zeros.
    TraceId: Shape::Fixed(16) => &'a [u8; 16], values, row => fixed_of(values, row);
    /// 8 bytes; an absent id is all zeros.
    SpanId: Shape::Fixed(8) => &'a [u8; 8], values, row => fixed_of(values, row);
    /// A small number, such as that of an enum.
    Small: Shape::U8s => u8, Values::U8s(values), row => values.get(row).copied();
    /// Yes or no.
    Boolean: Shape::U8s => bool, Values::U8s(values), row => values.get(row).map(|value| *value != 0);
    /// A number.
    Number: Shape::U32s => u32, Values::U32s(values), row => values.get(row).copied();
    /// A large number, such as nanoseconds since the Unix epoch.
    Large: Shape::U64s => u64, Values::U64s(values), row => values.get(row).copied();
    /// A whole number with a sign.
    Int: Shape::S64s => i64, Values::S64s(values), row => values.get(row).copied();
    /// A floating-point number.
    Double: Shape::F64s => f64, Values::F64s(values), row => values.get(row).copied();
}
