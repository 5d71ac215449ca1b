//! The protobuf wire format, as far as a reader of slices needs it.
//!
//! Source: protobuf.dev, "Encoding". Never panics, never reads out of bounds, on any bytes.

use thiserror::Error;

/// What is wrong with the bytes, without where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WireError {
    /// The bytes end inside a field.
    #[error("the field runs past the end of its message")]
    Truncated,
    /// A varint of more than ten bytes, or above 64 bits.
    #[error("a varint is longer than 64 bits")]
    Varint,
    /// Field number 0, or above 2^29 - 1.
    #[error("the field number is not valid")]
    FieldNumber,
    /// Wire types 6 and 7 do not exist.
    #[error("the wire type is not valid")]
    WireType,
    /// A group ends that was not begun, or with another number, or not at all.
    #[error("a group is not closed by its own end tag")]
    Group,
    /// Messages or groups nest too deeply.
    #[error("messages nest deeper than {} levels", MAX_DEPTH)]
    Depth,
}

/// How deep messages and groups may nest; prost and the Collector's decoder allow 100 as well.
pub const MAX_DEPTH: u32 = 100;

/// A field's value as it lies on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 1, little endian.
    Fixed64(u64),
    /// Wire type 2: text, bytes, an embedded message, packed numbers.
    Bytes(&'a [u8]),
    /// Wire types 3 and 4: a group, skipped as a whole.
    Group,
    /// Wire type 5, little endian.
    Fixed32(u32),
}

/// One field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The field's number.
    pub number: u32,
    /// Its value.
    pub value: Value<'a>,
    /// Where the field begins, with its tag: bytes into the slice that is read.
    pub start: usize,
    /// Where it ends. For [`Value::Bytes`] the content ends here as well.
    pub end: usize,
}

/// Reads the fields of a message, one after the other.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Fields<'a> {
    /// A reader at the beginning of a message's content.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Bytes read so far; after an error, where the field at fault begins.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// The next field, `None` at the end.
    ///
    /// # Errors
    /// When the bytes are not a protobuf message. The reader then stays where it was.
    #[inline]
    pub fn next_field(&mut self) -> Result<Option<Field<'a>>, WireError> {
        if self.position >= self.bytes.len() {
            return Ok(None);
        }
        let (field, end) = read_field(self.bytes, self.position)?;
        self.position = end;
        Ok(Some(field))
    }
}

#[inline]
fn read_field(bytes: &[u8], start: usize) -> Result<(Field<'_>, usize), WireError> {
    let (number, wire_type, position) = read_tag(bytes, start)?;
    let (value, end) = match wire_type {
        0 => {
            let (value, end) = read_varint(bytes, position)?;
            (Value::Varint(value), end)
        }
        1 => {
            let (value, end) = read_array::<8>(bytes, position)?;
            (Value::Fixed64(u64::from_le_bytes(value)), end)
        }
        2 => {
            let (length, content) = read_varint(bytes, position)?;
            let length = usize::try_from(length).map_err(|_| WireError::Truncated)?;
            let end = content.checked_add(length).ok_or(WireError::Truncated)?;
            (Value::Bytes(bytes.get(content..end).ok_or(WireError::Truncated)?), end)
        }
        3 => (Value::Group, skip_group(bytes, position, number, 1)?),
        4 => return Err(WireError::Group),
        5 => {
            let (value, end) = read_array::<4>(bytes, position)?;
            (Value::Fixed32(u32::from_le_bytes(value)), end)
        }
        _ => return Err(WireError::WireType),
    };
    Ok((Field { number, value, start, end }, end))
}

#[inline]
pub(crate) fn read_tag(bytes: &[u8], position: usize) -> Result<(u32, u8, usize), WireError> {
    let (tag, position) = read_varint(bytes, position)?;
    // A tag is a u32 in protobuf: 29 bits of number, 3 of wire type.
    let tag = u32::try_from(tag).map_err(|_| WireError::FieldNumber)?;
    let number = tag >> 3;
    if number == 0 {
        return Err(WireError::FieldNumber);
    }
    Ok((number, (tag & 7) as u8, position))
}

/// Reads a varint at `position`; answers with its value and where it ends.
///
/// # Errors
/// When it is cut off, or has more than 64 bits.
#[inline]
pub fn read_varint(bytes: &[u8], position: usize) -> Result<(u64, usize), WireError> {
    match bytes.get(position) {
        Some(&byte) if byte < 0x80 => Ok((u64::from(byte), position + 1)),
        Some(_) => read_long_varint(bytes, position),
        None => Err(WireError::Truncated),
    }
}

#[inline(never)]
fn read_long_varint(bytes: &[u8], position: usize) -> Result<(u64, usize), WireError> {
    let mut value = 0_u64;
    for (count, &byte) in bytes.iter().skip(position).take(10).enumerate() {
        let part = u64::from(byte & 0x7f);
        if count == 9 && byte > 1 {
            return Err(WireError::Varint);
        }
        value |= part << (7 * count);
        if byte < 0x80 {
            return Ok((value, position + count + 1));
        }
    }
    if bytes.len() - position >= 10 { Err(WireError::Varint) } else { Err(WireError::Truncated) }
}

#[inline]
fn read_array<const N: usize>(bytes: &[u8], position: usize) -> Result<([u8; N], usize), WireError> {
    let end = position.checked_add(N).ok_or(WireError::Truncated)?;
    let slice = bytes.get(position..end).ok_or(WireError::Truncated)?;
    let array = slice.try_into().map_err(|_| WireError::Truncated)?;
    Ok((array, end))
}

/// Skips a field that is not known; `depth` is how many messages and groups it lies in.
///
/// Answers with where it ends. What is skipped is checked as far as the wire format goes.
///
/// # Errors
/// When the bytes are not a field, or lie too deep.
pub(crate) fn skip_unknown(bytes: &[u8], start: usize, depth: u32) -> Result<usize, WireError> {
    if depth >= MAX_DEPTH {
        return Err(WireError::Depth);
    }
    match read_tag(bytes, start)? {
        (number, 3, position) => skip_group(bytes, position, number, depth + 1),
        _ => Ok(read_field(bytes, start)?.1),
    }
}

/// Skips a group whose start tag was read; answers with the position behind its end tag.
fn skip_group(bytes: &[u8], mut position: usize, number: u32, depth: u32) -> Result<usize, WireError> {
    loop {
        position = match read_tag(bytes, position)? {
            (inner, 4, end) if inner == number => return Ok(end),
            (_, 4, _) => return Err(WireError::Group),
            _ => skip_unknown(bytes, position, depth)?,
        };
    }
}

/// How many bytes a varint takes.
#[inline]
#[must_use]
pub const fn varint_len(value: u64) -> usize {
    // Seven bits a byte, and one byte for zero.
    (u64::BITS - (value | 1).leading_zeros()).div_ceil(7) as usize
}

/// Bytes of a message as a field, with a tag of one byte.
#[inline]
pub(crate) const fn field_len(content: usize) -> usize {
    1 + varint_len(content as u64) + content
}

/// Appends a varint.
#[inline]
pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
