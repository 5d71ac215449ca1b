//! The values of attributes, replaced over wire bytes.

mod schema;
mod value;

use std::collections::BTreeSet;

use sluice_otlp::wire::{Fields, MAX_DEPTH, Value, WireError, put_varint};

use self::schema::{Message, REQUEST, Treatment};

/// Stands for the message of a span's status, which often says what a value would.
const STATUS_MESSAGE: &str = "status.message";

/// What takes the place of a text.
const REDACTED: &str = "[REDACTED]";

/// Which attributes lose their values, in resources, scopes, spans, events and links, and in values that have keys of
/// their own. `status.message` stands for the message of a status, too.
///
/// Keys and types stay: a text becomes `[REDACTED]`, a number 0, a boolean false, bytes become none; the elements of a list
/// and the members of a map are redacted, each of them. Names, trace states and ids are no attributes, and stay. What this
/// does not know, such as fields of the future, is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redaction {
    /// None does; every byte stays as it is.
    Nothing,
    /// Those with these keys do.
    Keys(BTreeSet<String>),
    /// Those with any other key do.
    AllBut(BTreeSet<String>),
}

impl Redaction {
    /// A request for traces, redacted.
    ///
    /// # Errors
    /// When it is no protobuf message, or nests too deeply. What was scanned is neither.
    pub fn apply(&self, request: &[u8]) -> Result<Vec<u8>, WireError> {
        if *self == Self::Nothing {
            return Ok(request.to_vec());
        }
        let mut out = Vec::with_capacity(request.len());
        self.message(&mut out, &REQUEST, request)?;
        Ok(out)
    }

    /// A short word for the log.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Keys(_) => "keys",
            Self::AllBut(_) => "all attributes",
        }
    }

    fn hides(&self, key: &[u8]) -> bool {
        // A key that is no text is nobody's: it cannot have been allowed.
        let is_in = |keys: &BTreeSet<String>| std::str::from_utf8(key).is_ok_and(|key| keys.contains(key));
        match self {
            Self::Nothing => false,
            Self::Keys(keys) => is_in(keys),
            Self::AllBut(keys) => !is_in(keys),
        }
    }

    /// Messages nest as deeply as the schema does; only values go deeper.
    fn message(&self, out: &mut Vec<u8>, message: &Message, bytes: &[u8]) -> Result<(), WireError> {
        let mut fields = Fields::new(bytes);
        while let Some(field) = fields.next_field()? {
            let treatment = message.0.iter().find(|(number, _)| *number == field.number);
            match (treatment.map(|(_, treatment)| treatment), field.value) {
                (Some(Treatment::Keep), _) => {
                    out.extend_from_slice(bytes.get(field.start..field.end).unwrap_or_default());
                }
                (Some(Treatment::Message(inner)), Value::Bytes(content)) => {
                    nested(out, field.number, |out| self.message(out, inner, content))?;
                }
                (Some(Treatment::Attribute), Value::Bytes(content)) => {
                    nested(out, field.number, |out| self.attribute(out, content, MAX_DEPTH))?;
                }
                (Some(Treatment::StatusMessage), Value::Bytes(content)) => {
                    let is_hidden = !content.is_empty() && self.hides(STATUS_MESSAGE.as_bytes());
                    put_bytes(out, field.number, if is_hidden { REDACTED.as_bytes() } else { content });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Writes a message as a field.
fn nested(
    out: &mut Vec<u8>,
    number: u32,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), WireError>,
) -> Result<(), WireError> {
    let mut content = Vec::new();
    write(&mut content)?;
    put_bytes(out, number, &content);
    Ok(())
}

fn put_bytes(out: &mut Vec<u8>, number: u32, content: &[u8]) {
    put_varint(out, u64::from(number) << 3 | 2);
    put_varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

#[cfg(test)]
#[path = "redact_tests.rs"]
mod tests;
