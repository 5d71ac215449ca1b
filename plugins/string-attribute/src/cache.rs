//! What patterns made of texts, for those that come again and again.

use std::collections::BTreeMap;
use std::mem;

/// The most bytes of the texts of a generation.
const MAX_BYTES: usize = 1 << 20;

/// The most bytes of a text that is remembered: longer ones rarely come twice.
const MAX_TEXT: usize = 4 << 10;

/// Remembers results for up to so many texts, and 2 MiB of them, in two generations: those seen lately, and those
/// before. A text that is seen moves to the younger one; when that is full, the older one is forgotten. So
/// what is seen often stays, without a list to keep in order.
#[derive(Debug)]
pub(crate) struct Cache {
    young: BTreeMap<Vec<u8>, bool>,
    old: BTreeMap<Vec<u8>, bool>,
    /// Bytes of the young ones.
    bytes: usize,
    /// Texts of a generation.
    limit: usize,
}

impl Cache {
    pub(crate) fn new(texts: usize) -> Self {
        Self { young: BTreeMap::new(), old: BTreeMap::new(), bytes: 0, limit: texts.div_ceil(2) }
    }

    /// What is remembered of a text, else what `result` says.
    pub(crate) fn get_or(&mut self, text: &[u8], result: impl FnOnce() -> bool) -> bool {
        if let Some(known) = self.young.get(text) {
            return *known;
        }
        if text.len() > MAX_TEXT {
            return result();
        }
        let (text, matched) = match self.old.remove_entry(text) {
            Some(known) => known,
            None => (text.to_vec(), result()),
        };
        if self.young.len() >= self.limit || self.bytes + text.len() > MAX_BYTES {
            self.old = mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += text.len();
        self.young.insert(text, matched);
        matched
    }
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
