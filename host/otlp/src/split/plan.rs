//! What a part consists of, as steps that were measured before they are carried out.

use bytes::Bytes;

use crate::wire::put_varint;
use crate::{Header, Index};

/// One step of writing a part.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The tag and length of a message, and its header.
    Open { tag: u8, content: usize, header: Header },
    /// Bytes of the request as they are.
    Copy { start: u32, end: u32 },
}

/// The steps of one part.
#[derive(Default)]
pub(super) struct Plan {
    steps: Vec<Step>,
}

impl Plan {
    pub(super) fn clear(&mut self) {
        self.steps.clear();
    }

    /// Begins a message; answers with the step whose length is to be filled in by [`Plan::close`].
    pub(super) fn open(&mut self, tag: u8, header: Header) -> usize {
        self.steps.push(Step::Open { tag, content: 0, header });
        self.steps.len() - 1
    }

    /// Ends a message that was begun as `step`, now that its content is known to have `bytes` bytes.
    pub(super) fn close(&mut self, step: usize, bytes: usize) {
        if let Some(Step::Open { content, .. }) = self.steps.get_mut(step) {
            *content = bytes;
        }
    }

    /// Takes over a stretch of the request. Neighbours become one: whole runs of leaves are one copy.
    pub(super) fn copy(&mut self, start: u32, end: u32) {
        match self.steps.last_mut() {
            Some(Step::Copy { end: last, .. }) if *last == start => *last = end,
            _ => self.steps.push(Step::Copy { start, end }),
        }
    }

    /// Writes the part, which has `size` bytes.
    pub(super) fn write(&self, body: &[u8], index: &Index, size: usize) -> Bytes {
        let mut out = Vec::with_capacity(size);
        for step in &self.steps {
            match *step {
                Step::Open { tag, content, header } => {
                    out.push(tag);
                    put_varint(&mut out, content as u64);
                    for extent in index.header(header) {
                        out.extend_from_slice(&body[extent.start as usize..extent.end as usize]);
                    }
                }
                Step::Copy { start, end } => out.extend_from_slice(&body[start as usize..end as usize]),
            }
        }
        debug_assert_eq!(out.len(), size, "a part is as large as it was measured");
        Bytes::from(out)
    }
}
