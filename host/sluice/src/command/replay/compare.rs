//! What two samplers decided on the same traces.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use serde::Serialize;
use sluice_sampling::{Decision, Replayed};

use super::tally::{Amount, of_service};

/// Decisions of both samplers meet here, and are forgotten once they have: what is held is bounded by how long one of them
/// decides after the other.
#[derive(Debug)]
pub(super) struct Comparison {
    /// How much later than the one sampler the other one decides, at the most, in ns.
    patience: u64,
    /// What only one has decided yet: the number of the decision, whose it is, and what.
    waiting: HashMap<[u8; 16], VecDeque<(u64, Which, Replayed)>>,
    /// Decisions that wait, the oldest first: when, the trace, and their number.
    order: VecDeque<(u64, [u8; 16], u64)>,
    next: u64,
    changes: Changes,
}

/// Which sampler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Before,
    Now,
}

/// What changes.
#[derive(Debug, Default, Serialize)]
pub(super) struct Changes {
    /// Traces that both decided.
    pub(super) compared: u64,
    /// Those of them that were kept before.
    pub(super) kept_before: u64,
    /// Kept before, not now.
    pub(super) lost: Amount,
    /// Kept now, not before.
    pub(super) gained: Amount,
    /// Decisions that only one of them made: the other one had decided that trace already.
    pub(super) unmatched: Unmatched,
    /// By whose spans they are: a trace counts for each of its services.
    pub(super) services: BTreeMap<String, Change>,
    /// Lost traces by the policy that they were kept for, gained ones by that which they are kept for.
    pub(super) policies: BTreeMap<String, Change>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Unmatched {
    pub(super) before: u64,
    pub(super) now: u64,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Change {
    pub(super) lost: Amount,
    pub(super) gained: Amount,
}

impl Comparison {
    /// For samplers that let a trace wait so long at the most.
    pub(super) fn new(waits: [Duration; 2]) -> Self {
        let longest = waits.into_iter().max().unwrap_or_default() + Duration::from_secs(1);
        Self {
            patience: u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX),
            waiting: HashMap::new(),
            order: VecDeque::new(),
            next: 0,
            changes: Changes::default(),
        }
    }

    /// Takes a decision. Answers with both where the trace changes, as before and now.
    pub(super) fn take(&mut self, which: Which, trace: Replayed) -> Option<[Replayed; 2]> {
        let id = trace.decision.trace_id;
        let waiting = self.waiting.entry(id).or_default();
        if let Some((_, _, other)) = waiting.pop_front_if(|(_, of, _)| *of != which) {
            if waiting.is_empty() {
                self.waiting.remove(&id);
            }
            let both = if which == Which::Now { [other, trace] } else { [trace, other] };
            return self.changes.compare(&both).then_some(both);
        }
        self.order.push_back((trace.decision.decided, id, self.next));
        waiting.push_back((self.next, which, trace));
        self.next += 1;
        None
    }

    /// Gives up on what the other sampler would have decided by now.
    pub(super) fn settle(&mut self, now: u64) {
        while let Some((_, id, number)) =
            self.order.pop_front_if(|(decided, ..)| decided.saturating_add(self.patience) < now)
        {
            self.give_up(id, number);
        }
    }

    /// Nothing more comes.
    pub(super) fn finish(mut self) -> Changes {
        while let Some((_, id, number)) = self.order.pop_front() {
            self.give_up(id, number);
        }
        self.changes
    }

    fn give_up(&mut self, id: [u8; 16], number: u64) {
        let Some(waiting) = self.waiting.get_mut(&id) else { return };
        if let Some((_, which, _)) = waiting.pop_front_if(|(first, ..)| *first == number) {
            match which {
                Which::Before => self.changes.unmatched.before += 1,
                Which::Now => self.changes.unmatched.now += 1,
            }
        }
        if waiting.is_empty() {
            self.waiting.remove(&id);
        }
    }
}

impl Changes {
    /// Counts a trace; answers whether it changes.
    fn compare(&mut self, both: &[Replayed; 2]) -> bool {
        let [before, now] = both;
        self.compared += 1;
        let is_kept = |trace: &Replayed| trace.decision.decision == Decision::Sampled;
        self.kept_before += u64::from(is_kept(before));
        let (trace, of): (_, fn(&mut Change) -> &mut Amount) = match (is_kept(before), is_kept(now)) {
            (true, false) => (before, |change| &mut change.lost),
            (false, true) => (now, |change| &mut change.gained),
            _ => return false,
        };
        if is_kept(now) { &mut self.gained } else { &mut self.lost }.add_trace(trace);
        for share in &trace.services {
            of(of_service(&mut self.services, share)).add(share.spans, share.bytes);
        }
        if let Some(policy) = &trace.decision.policy {
            of(self.policies.entry(policy.clone()).or_default()).add_trace(trace);
        }
        true
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
