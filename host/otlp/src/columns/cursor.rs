use crate::wire::{Fields, read_varint};

/// Reads the fields of a message that was scanned: lean, since nothing has to be checked twice. Ends at
/// the first thing that is no field.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

/// A field: its number and its value.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) number: u32,
    pub(super) value: Raw<'a>,
}

/// A value as it lies on the wire.
#[derive(Clone, Copy)]
pub(super) enum Raw<'a> {
    /// A text, bytes, or a message.
    Delimited(&'a [u8]),
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Group,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// The next field whose number has its bit in `wanted`; those before it never become values.
    #[inline(always)]
    pub(super) fn next_of(&mut self, wanted: u32) -> Option<Piece<'a>> {
        loop {
            // Nearly all fields look like this: a number below 16, and content of less than 128 bytes.
            if let [tag @ 0..0x80, length @ 0..0x80, rest @ ..] = self.rest
                && tag & 7 == 2
            {
                let (content, rest) = rest.split_at_checked(usize::from(*length))?;
                self.rest = rest;
                let number = u32::from(tag >> 3);
                if wanted >> number & 1 == 1 {
                    return Some(Piece { number, value: Raw::Delimited(content) });
                }
            } else if let [tag @ 0..0x80, rest @ ..] = self.rest
                && tag & 7 == 1
            {
                // The times of a span or a record.
                let (value, rest) = rest.split_first_chunk()?;
                self.rest = rest;
                let number = u32::from(tag >> 3);
                if wanted >> number & 1 == 1 {
                    return Some(Piece { number, value: Raw::Fixed64(u64::from_le_bytes(*value)) });
                }
            } else {
                let piece = self.read()?;
                if 1_u32.checked_shl(piece.number).is_some_and(|bit| wanted & bit != 0) {
                    return Some(piece);
                }
            }
        }
    }

    /// Any field.
    fn read(&mut self) -> Option<Piece<'a>> {
        let whole = self.rest;
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Raw::Varint(self.varint()?),
            1 => Raw::Fixed64(u64::from_le_bytes(self.fixed()?)),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Raw::Delimited(self.take(length)?)
            }
            5 => Raw::Fixed32(u32::from_le_bytes(self.fixed()?)),
            _ => {
                let mut fields = Fields::new(whole);
                fields.next_field().ok()??;
                self.rest = whole.get(fields.position()..)?;
                Raw::Group
            }
        };
        Some(Piece { number: (tag >> 3) as u32, value })
    }

    #[inline]
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (content, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(content)
    }

    #[inline]
    fn varint(&mut self) -> Option<u64> {
        let (value, end) = read_varint(self.rest, 0).ok()?;
        self.rest = self.rest.get(end..)?;
        Some(value)
    }

    #[inline]
    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (value, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*value)
    }
}

impl<'a> Iterator for Cursor<'a> {
    type Item = Piece<'a>;

    /// Any field, as far as its number is below 32.
    #[inline(always)]
    fn next(&mut self) -> Option<Piece<'a>> {
        self.next_of(u32::MAX)
    }
}
