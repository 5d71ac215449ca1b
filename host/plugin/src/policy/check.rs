use sluice_otlp::columns::BytesColumn;

use super::MAX_REASON_BYTES;
use crate::bindings::policy;
use crate::instance::{Failure, FailureReason};
use crate::text;

/// 2^56: no trace's randomness is as large.
const MAX_THRESHOLD: u64 = 1 << 56;

/// What a policy says of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Vote {
    /// Not for it.
    NotSampled = 0,
    /// For it.
    Sampled = 1,
    /// Against it, whatever others say.
    Dropped = 2,
    /// Says nothing.
    Abstain = 3,
    /// Could not be asked, or could not tell.
    Error = 4,
}

impl Vote {
    /// By the number of the contract.
    const ALL: [Self; 5] = [Self::NotSampled, Self::Sampled, Self::Dropped, Self::Abstain, Self::Error];

    /// A word for metrics and explanations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSampled => "not_sampled",
            Self::Sampled => "sampled",
            Self::Dropped => "dropped",
            Self::Abstain => "abstain",
            Self::Error => "error",
        }
    }
}

/// Votes on some traces, one a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// The votes.
    pub votes: Vec<Vote>,
    /// Under which rejection threshold each holds, 0 to 2^56; empty: 0 for each.
    pub thresholds: Vec<u64>,
    /// Why, as the plugin wrote it: not checked to be text. Without offsets: none.
    reasons: BytesColumn,
}

impl Verdicts {
    /// The same vote on so many traces.
    #[must_use]
    pub fn all(vote: Vote, traces: usize) -> Self {
        Self { votes: vec![vote; traces], ..Self::default() }
    }

    /// Under which threshold a row's vote holds.
    #[must_use]
    pub fn threshold(&self, row: usize) -> u64 {
        self.thresholds.get(row).copied().unwrap_or(0)
    }

    /// A row's reason, fit for a log; empty for none.
    #[must_use]
    pub fn reason(&self, row: usize) -> String {
        let offsets = (self.reasons.offsets.get(row), self.reasons.offsets.get(row + 1));
        let (Some(start), Some(end)) = offsets else { return String::new() };
        let bytes = self.reasons.data.get(*start as usize..*end as usize).unwrap_or_default();
        text::for_people(&String::from_utf8_lossy(bytes))
    }

    /// Appends the rows of a part.
    pub(super) fn append(&mut self, part: Self) {
        let rows = self.votes.len();
        if !part.thresholds.is_empty() || !self.thresholds.is_empty() {
            self.thresholds.resize(rows, 0);
            self.thresholds.extend(part.thresholds);
            self.thresholds.resize(rows + part.votes.len(), 0);
        }
        if !part.reasons.offsets.is_empty() || !self.reasons.offsets.is_empty() {
            fill(&mut self.reasons, rows);
            let base = self.reasons.data.len() as u32;
            self.reasons.data.extend_from_slice(&part.reasons.data);
            self.reasons.offsets.extend(part.reasons.offsets.iter().skip(1).map(|offset| base + offset));
            fill(&mut self.reasons, rows + part.votes.len());
        }
        self.votes.extend(part.votes);
    }
}

/// Gives the rows without a reason an empty one, up to so many rows.
fn fill(reasons: &mut BytesColumn, rows: usize) {
    let end = reasons.data.len() as u32;
    if reasons.offsets.is_empty() {
        reasons.offsets.push(0);
    }
    reasons.offsets.resize(rows + 1, end);
}

/// Checks the answer to a call for so many traces against the contract.
pub(super) fn answer(verdicts: policy::Verdicts, traces: usize) -> Result<Verdicts, Failure> {
    let policy::Verdicts { votes, thresholds, reasons } = verdicts;
    if votes.len() != traces {
        return Err(breach(format!("{} votes on {traces} traces", votes.len())));
    }
    let vote = |number: u8| {
        let vote = Vote::ALL.get(usize::from(number)).copied();
        vote.ok_or_else(|| breach(format!("{number} is no vote; 0 to 4 are")))
    };
    let votes = votes.into_iter().map(vote).collect::<Result<_, _>>()?;
    if !thresholds.is_empty() && thresholds.len() != traces {
        return Err(breach(format!("{} thresholds for {traces} traces", thresholds.len())));
    }
    if let Some(threshold) = thresholds.iter().find(|threshold| **threshold > MAX_THRESHOLD) {
        return Err(breach(format!("the threshold {threshold} is larger than 2^56")));
    }
    let reasons = BytesColumn { offsets: reasons.offsets, data: reasons.data };
    if !reasons.offsets.is_empty() {
        check_reasons(&reasons, traces).map_err(breach)?;
    }
    Ok(Verdicts { votes, thresholds, reasons })
}

fn check_reasons(reasons: &BytesColumn, traces: usize) -> Result<(), String> {
    let offsets = &reasons.offsets;
    if offsets.len() != traces + 1 {
        return Err(format!("{} offsets of reasons; {traces} traces take {}", offsets.len(), traces + 1));
    }
    if offsets.first() != Some(&0) || offsets.last().map(|last| *last as usize) != Some(reasons.data.len()) {
        return Err("the offsets of reasons do not begin with 0 and end with the data".to_owned());
    }
    for (row, pair) in offsets.windows(2).enumerate() {
        match pair[1].checked_sub(pair[0]) {
            Some(length) if length as usize <= MAX_REASON_BYTES => {}
            Some(length) => {
                return Err(format!(
                    "the reason of row {row} has {length} bytes; at most {MAX_REASON_BYTES}"
                ));
            }
            None => return Err(format!("the offsets of reasons go down behind row {row}")),
        }
    }
    Ok(())
}

fn breach(message: String) -> Failure {
    Failure::new(FailureReason::Contract, message)
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
