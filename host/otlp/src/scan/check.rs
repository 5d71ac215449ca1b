//! Checks messages without recording them: whatever lies below a leaf or in a header.

use super::attribute;
use super::schema::Type;
use super::table::{Action, Head, head};
use super::values::{
    Checked, delimited, fault, fixed, packed_fixed64s, packed_varints, span_id, trace_id, varint,
};
use crate::Leaf;
use crate::wire::{MAX_DEPTH, WireError, skip_unknown};

/// Walks messages by the schema.
///
/// All positions are offsets into the body: a message is given as the body up to the message's end,
/// and the position at which its content begins. So one bounds check stands for both ends, and what
/// is found needs no translation.
pub(super) struct Checker {
    /// The last trace id that was seen in a leaf, or [`Leaf::NO_ID`]; where one is given twice, the last wins.
    pub(super) trace_id: u32,
}

impl Checker {
    pub(super) fn new() -> Self {
        Self { trace_id: Leaf::NO_ID }
    }

    /// Checks a message from `at` to the end of `bytes`; `depth` is how many messages it lies in,
    /// itself included.
    pub(super) fn message(&mut self, message: Type, bytes: &[u8], mut at: usize, depth: u32) -> Checked<()> {
        while at < bytes.len() {
            let head = head(message, bytes, at)?;
            // Attributes come in runs, so asking for them first is a branch that is foretold well.
            at = match head.action {
                Action::Attribute => self.attribute(bytes, head, depth)?,
                _ => self.value(bytes, head, depth)?,
            };
        }
        Ok(())
    }

    /// Checks the value of one field; answers with where it ends.
    pub(super) fn field(&mut self, bytes: &[u8], head: Head, depth: u32) -> Checked<usize> {
        self.value(bytes, head, depth)
    }

    // A call for each field would cost a fifth of the scan.
    #[inline(always)]
    fn value(&mut self, bytes: &[u8], head: Head, depth: u32) -> Checked<usize> {
        match head.action {
            Action::Varint => varint(bytes, head),
            Action::Fixed32 => fixed(bytes, head, 4),
            Action::Fixed64 => fixed(bytes, head, 8),
            Action::Bytes => Ok(delimited(bytes, head)?.1),
            Action::Attribute => self.attribute(bytes, head, depth),
            Action::Message(message) => self.nested(message, bytes, head, depth),
            Action::KeyId => {
                let (content, end) = trace_id(bytes, head)?;
                self.trace_id = if end > content { content as u32 } else { Leaf::NO_ID };
                Ok(end)
            }
            Action::TraceId => Ok(trace_id(bytes, head)?.1),
            Action::SpanId => span_id(bytes, head),
            Action::PackedVarints => packed_varints(bytes, head),
            Action::PackedFixed64s => packed_fixed64s(bytes, head),
            Action::Decode | Action::Skip => {
                skip_unknown(bytes, head.at, depth).map_err(|kind| fault(head.at, kind))
            }
        }
    }

    fn attribute(&mut self, bytes: &[u8], head: Head, depth: u32) -> Checked<usize> {
        let (content, end) = delimited(bytes, head)?;
        // There are two messages in it, the inner one of which may lie too deep.
        if depth + 2 <= MAX_DEPTH && attribute::is_plain(&bytes[content..end]) {
            return Ok(end);
        }
        self.nested(Type::KeyValue, bytes, head, depth)
    }

    #[inline(never)]
    fn nested(&mut self, message: Type, bytes: &[u8], head: Head, depth: u32) -> Checked<usize> {
        if depth == MAX_DEPTH {
            return Err(fault(head.at, WireError::Depth));
        }
        let (content, end) = delimited(bytes, head)?;
        self.message(message, &bytes[..end], content, depth + 1)?;
        Ok(end)
    }
}
