//! The keys that go back to the host.

use std::fmt;

use crate::AnyValue;
use crate::bindings::sluice::plugin::columns::{self, BytesColumn, Values};
use crate::rows::Column;
use crate::value::{Bytes, SpanId, Text, TraceId};

/// Bytes reserved for a key: a trace id in hex, or a short name.
const EXPECTED_KEY_BYTES: usize = 32;

/// Takes the bytes of the row's key. A row to which nothing was written has no key; to give it the
/// empty one, write `""`.
///
/// All keys of a batch share one buffer, so that a key costs no allocation.
#[derive(Debug)]
pub struct KeyWriter {
    keys: BytesColumn,
    /// Empty until a row is left without a key.
    present: Vec<u8>,
    written: bool,
}

impl KeyWriter {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        let data = Vec::with_capacity(rows * EXPECTED_KEY_BYTES);
        Self { keys: BytesColumn { offsets, data }, present: Vec::new(), written: false }
    }

    /// Appends to the row's key.
    #[inline]
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.keys.data.extend_from_slice(bytes.as_ref());
        self.written = true;
    }

    /// Appends bytes to the row's key as lower-case hexadecimal text.
    #[inline]
    pub fn write_hex(&mut self, bytes: impl AsRef<[u8]>) {
        const DIGITS: [u8; 16] = *b"0123456789abcdef";
        for byte in bytes.as_ref() {
            let pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
            self.keys.data.extend_from_slice(&pair);
        }
        self.written = true;
    }

    /// Appends a value of any type to the row's key, as the Collector writes it in its keys; see
    /// [`AnyValue::append_text`].
    #[inline]
    pub fn write_value(&mut self, value: AnyValue<'_>) {
        value.append_text(&mut self.keys.data);
        self.written = true;
    }

    /// Ends the key of the row.
    #[inline]
    pub(crate) fn end_row(&mut self) {
        let row = self.keys.offsets.len() - 1;
        // A guest's memory is smaller than 4 GiB, so that every length is a u32.
        self.keys.offsets.push(self.keys.data.len() as u32);
        if !self.written && self.present.is_empty() {
            self.present.resize(row / 8, u8::MAX);
            self.present.push((1 << (row % 8)) - 1);
        } else if !self.present.is_empty() {
            self.note_presence(row);
        }
        self.written = false;
    }

    fn note_presence(&mut self, row: usize) {
        if row.is_multiple_of(8) {
            self.present.push(0);
        }
        if self.written
            && let Some(last) = self.present.last_mut()
        {
            *last |= 1 << (row % 8);
        }
    }

    pub(crate) fn finish(self) -> Keys {
        Keys { raw: columns::Column { values: Values::Bytes(self.keys), present: self.present } }
    }
}

/// For `write!(key, ...)`; it never fails.
impl fmt::Write for KeyWriter {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write(text);
        Ok(())
    }
}

/// The keys of all rows of a stage, in their order.
#[derive(Debug)]
pub struct Keys {
    raw: columns::Column,
}

impl Keys {
    /// Gives each row a key in turn: `write` is called once a row.
    pub fn for_each<R>(
        rows: impl ExactSizeIterator<Item = R>,
        mut write: impl FnMut(R, &mut KeyWriter),
    ) -> Self {
        let mut keys = KeyWriter::with_capacity(rows.len());
        for row in rows {
            write(row, &mut keys);
            keys.end_row();
        }
        keys.finish()
    }

    /// Gives a key also to the rows that have none: the empty key, or zeros where all keys are of one length.
    #[must_use]
    pub fn all_present(mut self) -> Self {
        self.raw.present = Vec::new();
        self
    }

    /// Puts the keys together from the parts of the contract, without any check: for the tests of hosts.
    #[doc(hidden)]
    #[must_use]
    pub fn from_raw(raw: columns::Column) -> Self {
        Self { raw }
    }

    pub(crate) fn into_raw(self) -> columns::Column {
        self.raw
    }

    /// Keys of one length, which lie in `data` one after the other.
    fn of_one_length(data: Vec<u8>, length: u32, present: Vec<u8>) -> Self {
        // A plain range, which becomes a plain loop: this is all that `traceID` does for a row.
        let count = data.len() as u32 / length;
        let offsets = (0..count + 1).map(|row| row * length).collect();
        Self { raw: columns::Column { values: Values::Bytes(BytesColumn { offsets, data }), present } }
    }
}

/// Rows that lack the field have no key.
impl From<Column<Text>> for Keys {
    fn from(column: Column<Text>) -> Self {
        Self { raw: column.raw }
    }
}

/// Rows that lack the field have no key.
impl From<Column<Bytes>> for Keys {
    fn from(column: Column<Bytes>) -> Self {
        Self { raw: column.raw }
    }
}

macro_rules! from_ids {
    ($($id:ident: $length:literal),*) => {$(
        /// Rows that lack the id have no key.
        impl From<Column<$id>> for Keys {
            fn from(column: Column<$id>) -> Self {
                match column.raw.values {
                    Values::Fixed(data) => Self::of_one_length(data, $length, column.raw.present),
                    values => Self { raw: columns::Column { values, present: column.raw.present } },
                }
            }
        }
    )*};
}
from_ids!(TraceId: 16, SpanId: 8);

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
