//! Which threshold a budget allows.

use sluice_sdk::policy::{Randomness, Threshold};

/// A trace that may be kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) randomness: Randomness,
    pub(crate) cost: u64,
}

/// A threshold, and what those cost that it admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) threshold: Threshold,
    pub(crate) cost: u64,
}

/// Spends a budget on traces, the greatest randomness first, until one costs more than is left.
///
/// A threshold cannot tell traces of the same randomness apart: those that tie with the first one that is refused are
/// refused as well.
pub(crate) fn cut(descending: &[Candidate], budget: u64) -> Cut {
    let mut cost = 0u64;
    for (position, candidate) in descending.iter().enumerate() {
        let with = cost.saturating_add(candidate.cost);
        if with > budget {
            let ties = descending[..position].iter().rev();
            let ties = ties.take_while(|tie| tie.randomness == candidate.randomness);
            let (count, refunded) = ties.fold((0, 0), |(count, sum), tie| (count + 1, sum + tie.cost));
            return match position - count {
                0 => Cut { threshold: Threshold::NEVER, cost: 0 },
                _ => Cut { threshold: Threshold::above(candidate.randomness), cost: cost - refunded },
            };
        }
        cost = with;
    }
    Cut { threshold: Threshold::ALWAYS, cost }
}

#[cfg(test)]
#[path = "cut_tests.rs"]
mod tests;
