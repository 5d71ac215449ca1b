use std::ops::Range;

/// Some leaves of a payload: ascending, disjoint ranges of leaf numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Leaves {
    ranges: Vec<Range<u32>>,
    count: usize,
}

impl Leaves {
    pub(super) fn all(count: usize) -> Self {
        // A payload has less than 4 GiB, and no leaf is empty.
        let end = u32::try_from(count).unwrap_or(u32::MAX);
        Self { ranges: std::iter::once(0..end).collect(), count }
    }

    /// Adds a leaf behind those that are there.
    pub(super) fn push(&mut self, leaf: u32) {
        self.count += 1;
        match self.ranges.last_mut() {
            Some(last) if last.end == leaf => last.end += 1,
            _ => self.ranges.push(leaf..leaf + 1),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn ranges(&self) -> &[Range<u32>] {
        &self.ranges
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.ranges.iter().cloned().flatten()
    }

    /// Cuts into `pieces` of about as many rows each. All leaves of a row stay together, so that the row's
    /// key comes out the same.
    pub(super) fn split_by_row(&self, row_of_leaf: &[u32], rows: u32, pieces: u32) -> Vec<Self> {
        let mut split = vec![Self::default(); pieces as usize];
        for (leaf, &row) in self.iter().zip(row_of_leaf) {
            let piece = u64::from(row) * u64::from(pieces) / u64::from(rows.max(1));
            if let Some(piece) = split.get_mut(usize::try_from(piece).unwrap_or(usize::MAX)) {
                piece.push(leaf);
            }
        }
        split
    }

    /// Cuts into pieces of at most `size` leaves, for tables in which each leaf is a row.
    pub(super) fn chunks(&self, size: usize) -> Vec<Self> {
        let mut chunks: Vec<Self> = Vec::with_capacity(self.count.div_ceil(size.max(1)));
        for leaf in self.iter() {
            match chunks.last_mut() {
                Some(last) if last.count < size => last.push(leaf),
                _ => {
                    let mut next = Self::default();
                    next.push(leaf);
                    chunks.push(next);
                }
            }
        }
        chunks
    }
}

#[cfg(test)]
#[path = "leaves_tests.rs"]
mod tests;
