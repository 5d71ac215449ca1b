//! Whether a span is the root of its trace.

use sluice_otlp::wire::{Fields, Value};

/// The number of `parent_span_id`.
const PARENT: u32 = 4;

/// Whether a span, without its tag and length, has no parent: none, an empty one, or zeros. Of several the last counts.
#[inline]
pub(super) fn is_root(span: &[u8]) -> bool {
    let mut fields = Fields::new(span);
    let mut parent = false;
    while let Ok(Some(field)) = fields.next_field() {
        if let (PARENT, Value::Bytes(id)) = (field.number, field.value) {
            parent = id.iter().any(|byte| *byte != 0);
        }
    }
    !parent
}

#[cfg(test)]
#[path = "root_tests.rs"]
mod tests;
