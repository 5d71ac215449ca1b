use std::collections::{BTreeMap, BTreeSet};

use super::slice::{Doubts, Reading};

/// More than any ring has places for, and little enough to hold.
pub(super) const MOST_ENDPOINTS: usize = 65_536;

/// The endpoints of a Service, by the slice that names them: one that two slices name stays until both drop it. Pure.
#[derive(Debug, Default)]
pub(super) struct EndpointSet {
    slices: Slices,
    /// A list that is not complete yet; what is announced until then is the one before.
    incoming: Option<Slices>,
}

#[derive(Debug, Default)]
struct Slices {
    readings: BTreeMap<String, Reading>,
    /// Over all slices, repeated ones included.
    endpoints: usize,
    /// Whether any was left out for lack of room; so until the next list.
    is_cut: bool,
}

/// More endpoints than are held.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMany;

impl EndpointSet {
    /// A list of all slices begins; one that was not complete is forgotten.
    pub(super) fn begin(&mut self) {
        self.incoming = Some(Slices::default());
    }

    /// A slice of the list.
    pub(super) fn list(&mut self, slice: String, reading: Reading) {
        self.incoming.get_or_insert_default().put(slice, reading);
    }

    /// The list is complete: a slice that was not on it is no more.
    pub(super) fn end(&mut self) {
        if let Some(incoming) = self.incoming.take() {
            self.slices = incoming;
        }
    }

    /// A slice is there, or another than before.
    pub(super) fn put(&mut self, slice: String, reading: Reading) {
        self.slices.put(slice, reading);
    }

    /// A slice is no more.
    pub(super) fn remove(&mut self, slice: &str) {
        self.slices.remove(slice);
    }

    /// Every endpoint once, in the order of their texts.
    pub(super) fn endpoints(&self) -> Result<Vec<String>, TooMany> {
        if self.slices.is_cut {
            return Err(TooMany);
        }
        let readings = self.slices.readings.values();
        let sorted: BTreeSet<&String> = readings.flat_map(|reading| &reading.endpoints).collect();
        Ok(sorted.into_iter().cloned().collect())
    }

    /// What could not be taken as it is, over all slices.
    pub(super) fn doubts(&self) -> Doubts {
        let mut sum = Doubts::default();
        self.slices.readings.values().for_each(|reading| sum.add(reading.doubts));
        sum
    }
}

impl Slices {
    fn put(&mut self, slice: String, reading: Reading) {
        self.remove(&slice);
        if self.endpoints + reading.endpoints.len() > MOST_ENDPOINTS || self.readings.len() >= MOST_ENDPOINTS
        {
            self.is_cut = true;
            return;
        }
        self.endpoints += reading.endpoints.len();
        self.readings.insert(slice, reading);
    }

    fn remove(&mut self, slice: &str) {
        if let Some(reading) = self.readings.remove(slice) {
            self.endpoints -= reading.endpoints.len();
        }
    }
}

#[cfg(test)]
#[path = "set_tests.rs"]
mod tests;
