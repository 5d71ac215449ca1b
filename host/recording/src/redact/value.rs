//! An attribute, and the values that it can have.

use sluice_otlp::wire::{Fields, Value, WireError, put_varint};

use super::{REDACTED, Redaction, nested, put_bytes};

/// The fields of `KeyValue`.
const KEY: u32 = 1;
const VALUE: u32 = 2;

/// The fields of `AnyValue`.
const TEXT: u32 = 1;
const BOOLEAN: u32 = 2;
const INTEGER: u32 = 3;
const DOUBLE: u32 = 4;
const LIST: u32 = 5;
const MAP: u32 = 6;
const BYTES: u32 = 7;

/// The only field of `ArrayValue` and of `KeyValueList`.
const VALUES: u32 = 1;

impl Redaction {
    /// A `KeyValue`. `depth` is how much deeper its value may go.
    pub(super) fn attribute(&self, out: &mut Vec<u8>, bytes: &[u8], depth: u32) -> Result<(), WireError> {
        // The key may lie behind the value, and there may be several: one of them is enough.
        let mut is_hidden = None;
        let mut fields = Fields::new(bytes);
        while let Some(field) = fields.next_field()? {
            if let (KEY, Value::Bytes(key)) = (field.number, field.value) {
                is_hidden = Some(self.hides(key) || is_hidden == Some(true));
            }
        }
        let is_hidden = is_hidden.unwrap_or_else(|| self.hides(&[]));
        let mut fields = Fields::new(bytes);
        while let Some(field) = fields.next_field()? {
            match (field.number, field.value) {
                (KEY, Value::Bytes(key)) => put_bytes(out, KEY, key),
                (VALUE, Value::Bytes(value)) => {
                    nested(out, VALUE, |out| self.any_value(out, value, is_hidden, depth))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// An `AnyValue`.
    fn any_value(
        &self,
        out: &mut Vec<u8>,
        bytes: &[u8],
        is_hidden: bool,
        depth: u32,
    ) -> Result<(), WireError> {
        let below = depth.checked_sub(1).ok_or(WireError::Depth)?;
        let mut fields = Fields::new(bytes);
        while let Some(field) = fields.next_field()? {
            let number = field.number;
            match (number, field.value) {
                (LIST, Value::Bytes(list)) => {
                    nested(out, LIST, |out| {
                        each(list, |value| {
                            nested(out, VALUES, |out| self.any_value(out, value, is_hidden, below))
                        })
                    })?;
                }
                (MAP, Value::Bytes(map)) => {
                    // What lies in a hidden map is hidden, whatever its keys.
                    let all = Self::AllBut(std::collections::BTreeSet::new());
                    let inner = if is_hidden { &all } else { self };
                    nested(out, MAP, |out| {
                        each(map, |member| nested(out, VALUES, |out| inner.attribute(out, member, below)))
                    })?;
                }
                (TEXT, Value::Bytes(_)) if is_hidden => put_bytes(out, TEXT, REDACTED.as_bytes()),
                (BYTES, Value::Bytes(_)) if is_hidden => put_bytes(out, BYTES, &[]),
                (BOOLEAN | INTEGER, Value::Varint(_)) if is_hidden => {
                    put_varint(out, u64::from(number) << 3);
                    out.push(0);
                }
                (DOUBLE, Value::Fixed64(_)) if is_hidden => {
                    put_varint(out, u64::from(DOUBLE) << 3 | 1);
                    out.extend_from_slice(&[0; 8]);
                }
                (TEXT | BYTES, Value::Bytes(_))
                | (BOOLEAN | INTEGER, Value::Varint(_))
                | (DOUBLE, Value::Fixed64(_)) => {
                    out.extend_from_slice(bytes.get(field.start..field.end).unwrap_or_default());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What is in a list.
fn each<'a>(
    list: &'a [u8],
    mut with: impl FnMut(&'a [u8]) -> Result<(), WireError>,
) -> Result<(), WireError> {
    let mut fields = Fields::new(list);
    while let Some(field) = fields.next_field()? {
        if let (VALUES, Value::Bytes(content)) = (field.number, field.value) {
            with(content)?;
        }
    }
    Ok(())
}
