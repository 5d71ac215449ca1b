//! Whether a span is the root of its trace.

use sluice_otlp::wire::{Fields, Value};

/// The number of `parent_span_id`.
const PARENT: u32 = 4;

/// Whether a span, without its tag and length, has no parent: none, an empty one, or zeros.
#[inline]
pub(super) fn is_root(span: &[u8]) -> bool {
    let mut fields = Fields::new(span);
    let mut in_order = true;
    let mut last = 0;
    let mut parent = false;
    // Most senders write fields in the order of their numbers; then all behind the parent is of no interest.
    while let Ok(Some(field)) = fields.next_field() {
        in_order &= field.number >= last;
        last = field.number;
        match field.value {
            Value::Bytes(id) if field.number == PARENT => parent = id.iter().any(|byte| *byte != 0),
            _ if in_order && field.number > PARENT => break,
            _ => {}
        }
    }
    !parent
}

#[cfg(test)]
#[path = "root_tests.rs"]
mod tests;
