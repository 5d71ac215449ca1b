//! What goes back to the host.

use super::reason::Reason;
use super::threshold::Threshold;
use super::trace::Trace;
use crate::bindings::policy as wit;

/// What a policy says of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Vote {
    /// The policy does not ask for it.
    NotSampled = 0,
    /// To be kept.
    Sampled = 1,
    /// To be dropped, whatever other policies say.
    Dropped = 2,
    /// The policy does not say.
    Abstain = 3,
    /// The policy failed on this trace; counted, and treated as its `on_error` says.
    Error = 4,
}

impl Vote {
    /// Sampled, or not.
    #[inline]
    #[must_use]
    pub fn sampled_if(sampled: bool) -> Self {
        if sampled { Self::Sampled } else { Self::NotSampled }
    }

    /// The vote, which holds for traces of at least some randomness: for policies that sample a share.
    #[must_use]
    pub fn under(self, threshold: Threshold) -> Verdict {
        Verdict { vote: self, threshold }
    }
}

/// A vote, and for which of the traces that are alike it would be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The vote.
    pub vote: Vote,
    /// Of all traces alike, those are sampled whose randomness it admits. It counts where the vote is
    /// [`Vote::Sampled`].
    pub threshold: Threshold,
}

/// A vote that looks at what a trace is holds for all that are alike.
impl From<Vote> for Verdict {
    #[inline]
    fn from(vote: Vote) -> Self {
        vote.under(Threshold::ALWAYS)
    }
}

/// The votes on all traces of a batch, in their order.
#[derive(Debug)]
pub struct Votes {
    raw: wit::Verdicts,
}

impl Votes {
    /// Votes on each trace in turn.
    pub fn for_each<'a, V: Into<Verdict>>(
        traces: impl ExactSizeIterator<Item = Trace<'a>>,
        mut vote: impl FnMut(Trace<'a>, &mut Reason) -> V,
    ) -> Self {
        let mut reasons = Reason::new();
        let mut votes = Vec::with_capacity(traces.len());
        // Only where one is not that of all traces.
        let mut thresholds = Vec::new();
        for trace in traces {
            let verdict: Verdict = vote(trace, &mut reasons).into();
            reasons.end_row();
            if verdict.threshold != Threshold::ALWAYS || !thresholds.is_empty() {
                thresholds.resize(votes.len(), Threshold::ALWAYS.value());
                thresholds.push(verdict.threshold.value());
            }
            votes.push(verdict.vote as u8);
        }
        Self { raw: wit::Verdicts { votes, thresholds, reasons: reasons.finish() } }
    }

    /// Puts the votes together from the parts of the contract, without any check: for the tests of hosts.
    #[doc(hidden)]
    #[must_use]
    pub fn from_raw(raw: wit::Verdicts) -> Self {
        Self { raw }
    }

    pub(crate) fn into_raw(self) -> wit::Verdicts {
        self.raw
    }
}

#[cfg(test)]
#[path = "votes_tests.rs"]
mod tests;
