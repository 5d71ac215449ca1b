use sluice_otlp::columns::BytesColumn;

use super::Keys;
use super::check::Checked;
use super::leaves::Leaves;

/// In place of a row: the leaf has no key yet.
const OPEN: u32 = Keys::REJECTED - 1;

/// In place of a row of keys: none was made yet.
const NONE: u32 = u32::MAX;

/// Bytes of keys that are gathered for one payload; what would go beyond is a failure.
const MAX_BYTES: usize = 1 << 30;

/// Bytes of a key that the host draws: as good as never drawn twice.
const DRAWN_BYTES: usize = 16;

/// The keys of a payload, as they come in.
#[derive(Debug)]
pub(super) struct Answer {
    leaves: usize,
    keys: BytesColumn,
    /// Empty until something comes that is not the whole answer at once.
    of_leaf: Vec<u32>,
    open: usize,
    pub(super) rejected_without_key: u32,
    pub(super) rejected_for_failure: u32,
}

impl Answer {
    pub(super) fn new(leaves: usize) -> Self {
        Self {
            leaves,
            keys: BytesColumn { offsets: vec![0], data: Vec::new() },
            of_leaf: Vec::new(),
            open: leaves,
            rejected_without_key: 0,
            rejected_for_failure: 0,
        }
    }

    /// Takes the keys that a plugin gave; leaves of rows without one stay open. In the usual case, one
    /// call for all leaves and all keyed, nothing is copied.
    pub(super) fn take(&mut self, leaves: &Leaves, row_of_leaf: Vec<u32>, checked: Checked) {
        let base = self.rows();
        let is_first = base == 0;
        if is_first && leaves.len() == self.leaves && checked.are_all_present() {
            (self.keys, self.of_leaf, self.open) = (checked.keys, row_of_leaf, 0);
            return;
        }
        self.fill();
        for (leaf, &row) in leaves.iter().zip(&row_of_leaf) {
            if checked.is_present(row) {
                self.assign(leaf, base + row);
            }
        }
        if is_first { self.keys = checked.keys } else { self.append(&checked.keys) }
    }

    /// Whether so many bytes of keys still fit, and so every offset into a `u32`.
    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        self.keys.data.len() + bytes <= MAX_BYTES
    }

    /// Gives a leaf a key of its own; answers with the key's row, which others may share.
    pub(super) fn give(&mut self, leaf: u32, key: &[u8]) -> u32 {
        self.fill();
        let row = self.push(key);
        self.assign(leaf, row);
        row
    }

    /// Gives a leaf the key of another.
    pub(super) fn share(&mut self, leaf: u32, row: u32) {
        self.fill();
        self.assign(leaf, row);
    }

    /// Gives each row that is still open a key drawn at random, for all its leaves.
    pub(super) fn spread(&mut self, leaves: &Leaves, row_of_leaf: &[u32], rows: u32) {
        let mut drawn = vec![NONE; rows as usize];
        for (leaf, &row) in leaves.iter().zip(row_of_leaf) {
            let Some(drawn) = drawn.get_mut(row as usize) else { continue };
            if !self.is_open(leaf) {
                continue;
            }
            if *drawn == NONE {
                let mut key = [0; DRAWN_BYTES];
                fastrand::fill(&mut key);
                *drawn = self.push(&key);
            }
            self.assign(leaf, *drawn);
        }
    }

    /// Rejects leaves for which the plugin failed.
    pub(super) fn reject(&mut self, leaves: &Leaves) {
        self.fill();
        leaves.iter().for_each(|leaf| self.assign(leaf, Keys::REJECTED));
        self.rejected_for_failure += count(leaves.len());
    }

    /// Rejects all that is open.
    pub(super) fn reject_open(&mut self) {
        self.rejected_without_key += count(self.open);
        self.close(Keys::REJECTED);
    }

    /// Gives all that is open the empty key.
    pub(super) fn empty_open(&mut self) {
        if self.open > 0 {
            let row = self.push(&[]);
            self.close(row);
        }
    }

    /// The leaves that have no key yet.
    pub(super) fn open(&self) -> Leaves {
        let mut open = Leaves::default();
        if self.of_leaf.is_empty() {
            return Leaves::all(self.open);
        }
        let numbered = (0..).zip(&self.of_leaf);
        numbered.filter(|(_, row)| **row == OPEN).for_each(|(leaf, _)| open.push(leaf));
        open
    }

    pub(super) fn is_complete(&self) -> bool {
        self.open == 0
    }

    pub(super) fn finish(self, rejection: String) -> Keys {
        let rejected = self.rejected_without_key + self.rejected_for_failure;
        Keys { keys: self.keys, of_leaf: self.of_leaf, rejected, rejection }
    }

    fn rows(&self) -> u32 {
        count(self.keys.offsets.len() - 1)
    }

    fn fill(&mut self) {
        if self.of_leaf.is_empty() {
            self.of_leaf = vec![OPEN; self.leaves];
        }
    }

    fn close(&mut self, row: u32) {
        self.fill();
        self.of_leaf.iter_mut().filter(|known| **known == OPEN).for_each(|known| *known = row);
        self.open = 0;
    }

    fn is_open(&self, leaf: u32) -> bool {
        self.of_leaf.get(leaf as usize).is_some_and(|row| *row == OPEN)
    }

    fn assign(&mut self, leaf: u32, row: u32) {
        if let Some(known) = self.of_leaf.get_mut(leaf as usize)
            && *known == OPEN
        {
            *known = row;
            self.open -= 1;
        }
    }

    /// Appends a key; answers with its row.
    fn push(&mut self, key: &[u8]) -> u32 {
        let row = self.rows();
        self.keys.data.extend_from_slice(key);
        self.keys.offsets.push(count(self.keys.data.len()));
        row
    }

    fn append(&mut self, more: &BytesColumn) {
        let base = count(self.keys.data.len());
        self.keys.data.extend_from_slice(&more.data);
        self.keys.offsets.extend(more.offsets.iter().skip(1).map(|offset| base + offset));
    }
}

/// Sizes stay below 4 GiB: a payload does, and so do keys, see `MAX_BYTES`.
fn count(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
