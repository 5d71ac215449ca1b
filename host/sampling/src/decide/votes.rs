use sluice_plugin::{Verdicts, Vote};

use super::rule::OnError;

/// What a policy says of some traces, one row each.
#[derive(Clone, Debug, Default)]
pub(super) struct Votes {
    pub(super) votes: Vec<Vote>,
    /// Under which threshold each holds.
    pub(super) thresholds: Vec<u64>,
    /// Why; empty where nobody wants to know.
    pub(super) reasons: Vec<Option<Box<str>>>,
    /// For a composite policy, which part spoke; empty for others.
    pub(super) parts: Vec<Option<u16>>,
}

impl Votes {
    /// The same vote on so many traces.
    pub(super) fn all(vote: Vote, rows: usize, explained: bool) -> Self {
        Self {
            votes: vec![vote; rows],
            thresholds: vec![0; rows],
            reasons: if explained { vec![None; rows] } else { Vec::new() },
            parts: Vec::new(),
        }
    }

    /// A leaf's verdicts; its errors become what the configuration says. Answers with how many there were.
    pub(super) fn of_leaf(verdicts: Verdicts, on_error: OnError, explained: bool) -> (Self, u64) {
        let rows = verdicts.votes.len();
        let reason = |row| Some(verdicts.reason(row).into_boxed_str()).filter(|reason| !reason.is_empty());
        let reasons = if explained { (0..rows).map(reason).collect() } else { Vec::new() };
        let thresholds = (0..rows).map(|row| verdicts.threshold(row)).collect();
        let mut votes = verdicts.votes;
        let mut errors = 0;
        for vote in votes.iter_mut().filter(|vote| **vote == Vote::Error) {
            errors += 1;
            *vote = match on_error {
                OnError::Abstain => Vote::Abstain,
                OnError::Sample => Vote::Sampled,
                OnError::Drop => Vote::Dropped,
            };
        }
        (Self { votes, thresholds, reasons, parts: Vec::new() }, errors)
    }

    /// The rows with a vote.
    pub(super) fn rows_with(&self, wanted: Vote) -> Vec<usize> {
        let rows = self.votes.iter().enumerate();
        rows.filter(|(_, vote)| **vote == wanted).map(|(row, _)| row).collect()
    }

    /// Takes over what others say of some of the rows; their thresholds only where they are larger.
    pub(super) fn narrow(&mut self, rows: &[usize], other: Self) {
        for (position, &row) in rows.iter().enumerate() {
            self.votes[row] = other.votes[position];
            self.thresholds[row] = self.thresholds[row].max(other.thresholds[position]);
        }
        self.take_reasons(rows, other.reasons);
    }

    /// Takes over the reasons of some of the rows.
    pub(super) fn take_reasons(&mut self, rows: &[usize], reasons: Vec<Option<Box<str>>>) {
        for (&row, reason) in rows.iter().zip(reasons) {
            if let Some(mine) = self.reasons.get_mut(row)
                && reason.is_some()
            {
                *mine = reason;
            }
        }
    }
}
