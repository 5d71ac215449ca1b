//! Which slots the endpoints take: the part that has to agree with the Collector to the bit.
//!
//! Source: contrib's `loadbalancingexporter`, `consistent_hashing.go`, before #41271 (generation one),
//! before #49585 (two) and since (three).

use std::collections::HashMap;

use crc32fast::Hasher;

use crate::Generation;

/// In place of an owner: nobody took the slot.
pub(crate) const FREE: u32 = u32::MAX;

/// What distinguishes the generations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Slots on the ring.
    pub(crate) slots: u32,
    /// Points that an endpoint gets each time it is listed.
    pub(crate) weight: u32,
    /// Taken slots after which a point is given up; 1 means no probing.
    pub(crate) probes: u32,
    /// How a point's number is hashed behind the endpoint's text.
    pub(crate) number: PointNumber,
    /// Who chooses first.
    pub(crate) order: Order,
}

/// How the number of a point enters its hash.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PointNumber {
    /// As one byte.
    Byte,
    /// As four bytes, little endian.
    Word,
}

/// In which order points choose their slots.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// Endpoint by endpoint, in the order of their texts: the Collector's resolvers sort them.
    Endpoint,
    /// By slot, then by full hash, then by text, so that no endpoint goes first.
    Slot,
}

/// A point that looks for a slot. The order of the fields is that of [`Order::Slot`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    slot: u32,
    hash: u32,
    /// Position of the endpoint among the distinct texts in ascending order.
    rank: u32,
}

impl Shape {
    const ONE: Self = Self { probes: 1, number: PointNumber::Byte, ..Self::TWO };
    const TWO: Self =
        Self { slots: 36_000, weight: 100, probes: 10, number: PointNumber::Word, order: Order::Endpoint };
    const THREE: Self = Self { slots: 131_071, weight: 200, order: Order::Slot, ..Self::TWO };

    /// `None` for the ring that has no slots.
    pub(crate) const fn of(generation: Generation) -> Option<Self> {
        match generation {
            Generation::One => Some(Self::ONE),
            Generation::Two => Some(Self::TWO),
            Generation::Three => Some(Self::THREE),
            Generation::Balanced => None,
        }
    }

    /// The slot that `hash` falls on.
    #[inline]
    pub(crate) fn slot(self, hash: u32) -> u32 {
        // Named, the usual divisor is a constant: a multiplication instead of a division.
        const USUAL: u32 = Shape::THREE.slots;
        if self.slots == USUAL { hash % USUAL } else { hash % self.slots }
    }

    /// Lets the points of all endpoints take their slots. Answers with each slot's owner: a position in
    /// `distinct`, or [`FREE`]. `listed` counts how often each of `distinct` is listed.
    pub(crate) fn place(&self, distinct: &[String], listed: &[u32]) -> Vec<u32> {
        let mut by_text: Vec<u32> = (0..).take(distinct.len()).collect();
        by_text.sort_unstable_by_key(|&endpoint| &distinct[endpoint as usize]);

        let mut candidates = Vec::new();
        for (rank, &endpoint) in (0..).zip(&by_text) {
            let text = &distinct[endpoint as usize];
            for _ in 0..listed[endpoint as usize] {
                self.add_candidates(&mut candidates, text, rank);
            }
        }
        match self.order {
            Order::Endpoint => {}
            Order::Slot => candidates.sort_unstable(),
        }

        let mut owners = vec![FREE; self.slots as usize];
        for candidate in candidates {
            if let Some(slot) = self.find_free(&owners, candidate.slot) {
                owners[slot as usize] = by_text[candidate.rank as usize];
            }
        }
        owners
    }

    fn add_candidates(&self, candidates: &mut Vec<Candidate>, text: &str, rank: u32) {
        let mut prefix = Hasher::new();
        prefix.update(text.as_bytes());
        candidates.extend((0..self.weight).map(|number| {
            let mut hasher = prefix.clone();
            match self.number {
                PointNumber::Byte => hasher.update(&[number as u8]),
                PointNumber::Word => hasher.update(&number.to_le_bytes()),
            }
            let hash = hasher.finalize();
            Candidate { slot: self.slot(hash), hash, rank }
        }));
    }

    /// The first free slot from `slot` on. After `probes` taken ones the search ends; the slot behind
    /// them is not looked at, as in the original.
    fn find_free(&self, owners: &[u32], slot: u32) -> Option<u32> {
        (slot..slot + self.probes)
            .map(|candidate| candidate % self.slots)
            .find(|&candidate| owners[candidate as usize] == FREE)
    }
}

/// The distinct texts in the order in which they are first listed, and how often each is.
pub(crate) fn count_listed(endpoints: &[impl AsRef<str>]) -> (Vec<String>, Vec<u32>) {
    let mut seen = HashMap::with_capacity(endpoints.len());
    let mut distinct = Vec::new();
    let mut listed: Vec<u32> = Vec::new();
    for text in endpoints.iter().map(AsRef::as_ref) {
        let endpoint = *seen.entry(text).or_insert(distinct.len());
        if endpoint == distinct.len() {
            distinct.push(text.to_owned());
            listed.push(0);
        }
        listed[endpoint] += 1;
    }
    (distinct, listed)
}

#[cfg(test)]
#[path = "placing_tests.rs"]
mod tests;
