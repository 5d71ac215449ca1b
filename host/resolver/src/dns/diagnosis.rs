use std::collections::{HashMap, HashSet, VecDeque};
use std::net::IpAddr;

/// So many answers with the same single address, and none with another, are no coincidence.
const SINGLE_ANSWERS: u32 = 5;

/// How many answers are looked back over.
const WINDOW: u64 = 20;

/// So many answers of those with addresses that had gone and came back, though never more of them at a time, are a
/// rotation.
const RETURNS: usize = 3;

/// Sees in the course of answers what no single one shows.
#[derive(Debug, Default)]
pub(super) struct Diagnosis {
    answers: u64,
    before: HashSet<IpAddr>,
    /// How many answers in a row, from the first one on, had the same single address.
    single: u32,
    /// In which answer an address was last; of the window.
    seen: HashMap<IpAddr, u64>,
    /// The answers with addresses that came back; of the window.
    returns: VecDeque<u64>,
    was: Signs,
}

/// What there is to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// The name has never had but one address.
    pub(super) is_single: bool,
    /// An answer is a part of the addresses, and each time another one.
    pub(super) is_rotating: bool,
}

impl Diagnosis {
    /// Looks at an answer; the second are those signs that are new.
    pub(super) fn look(&mut self, addresses: &[IpAddr]) -> (Signs, Signs) {
        let addresses: HashSet<IpAddr> = addresses.iter().copied().collect();
        self.answers += 1;
        let is_same = self.answers == 1 || addresses == self.before;
        let could_be_single = u64::from(self.single) == self.answers - 1;
        if could_be_single && addresses.len() == 1 && is_same {
            self.single += 1;
        }
        self.look_for_returns(&addresses);
        self.before = addresses;
        let signs = Signs {
            is_single: u64::from(self.single) == self.answers && self.single >= SINGLE_ANSWERS,
            is_rotating: self.returns.len() >= RETURNS,
        };
        let new = Signs {
            is_single: signs.is_single && !self.was.is_single,
            is_rotating: signs.is_rotating && !self.was.is_rotating,
        };
        self.was = signs;
        (signs, new)
    }

    /// A backend that fails now and then comes and goes, too; but then the answer is longer or shorter by it.
    fn look_for_returns(&mut self, addresses: &HashSet<IpAddr>) {
        let now = self.answers;
        let came_back = |address: &IpAddr| self.seen.get(address).is_some_and(|last| last + 1 < now);
        if addresses.len() == self.before.len() && addresses.iter().any(came_back) {
            self.returns.push_back(now);
        }
        self.seen.extend(addresses.iter().map(|address| (*address, now)));
        self.seen.retain(|_, last| *last + WINDOW > now);
        self.returns.retain(|answer| *answer + WINDOW > now);
    }
}

#[cfg(test)]
#[path = "diagnosis_tests.rs"]
mod tests;
