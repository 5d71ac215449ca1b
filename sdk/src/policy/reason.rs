//! Why a policy voted as it did, in a few words for people.

use std::fmt;

use crate::bindings::sluice::plugin::columns::BytesColumn;

/// The most that the contract takes, in bytes.
const LIMIT: usize = 256;

/// Takes the reason of a trace's vote, in up to 256 bytes, such as `latency 5203 ms > 5000 ms`; what goes
/// beyond is cut.
///
/// For `write!(reason, ...)`, which never fails. All reasons of a batch share one buffer, so that a reason costs
/// no allocation.
#[derive(Debug)]
pub struct Reason {
    column: BytesColumn,
    /// How many rows have ended.
    rows: usize,
    /// Where the reason of the present row begins.
    start: usize,
}

impl Reason {
    pub(super) fn new() -> Self {
        Self { column: BytesColumn { offsets: Vec::new(), data: Vec::new() }, rows: 0, start: 0 }
    }

    /// Ends the reason of the row.
    pub(super) fn end_row(&mut self) {
        self.rows += 1;
        if self.column.offsets.is_empty() && self.column.data.is_empty() {
            return;
        }
        if self.column.offsets.is_empty() {
            self.column.offsets.resize(self.rows, 0);
        }
        // A guest's memory is smaller than 4 GiB, so that every length is a u32.
        self.column.offsets.push(self.column.data.len() as u32);
        self.start = self.column.data.len();
    }

    pub(super) fn finish(self) -> BytesColumn {
        self.column
    }
}

impl fmt::Write for Reason {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let left = LIMIT - (self.column.data.len() - self.start);
        let text = if text.len() <= left { text } else { &text[..text.floor_char_boundary(left)] };
        self.column.data.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
#[path = "reason_tests.rs"]
mod tests;
