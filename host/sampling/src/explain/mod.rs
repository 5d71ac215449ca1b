//! The last decisions, each with what every policy said.

use std::collections::VecDeque;
use std::mem::size_of;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sluice_otlp::columns::TraceRow;
use sluice_plugin::Vote;

use crate::clock::Moment;
use crate::decide::{Decided, Decision, PolicyRule, Rule};
use crate::shard::Trigger;

/// A decision, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The trace.
    pub trace_id: [u8; 16],
    /// What became of it.
    pub decision: Decision,
    /// The policy that is credited.
    pub policy: Option<String>,
    /// Which part of it, where it is a composite.
    pub part: Option<String>,
    /// Why it was decided when it was.
    pub trigger: Trigger,
    /// Spans that it had by then.
    pub spans: u32,
    /// Their encoded bytes.
    pub bytes: u32,
    /// When its first span came: ns since the Unix epoch.
    pub received: u64,
    /// When it was decided: ns since the Unix epoch.
    pub decided: u64,
    /// What every policy said that was asked, in the order in which they were.
    pub votes: Vec<ExplainedVote>,
}

/// What one policy said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedVote {
    /// Its name.
    pub policy: String,
    /// Its vote.
    pub vote: Vote,
    /// Why, where it says so.
    pub reason: Option<String>,
    /// Which load of its plugin said it, the latest where it has several.
    pub epoch: u64,
    /// Whether its vote counted for nothing.
    pub is_shadow: bool,
}

impl Explained {
    pub(crate) fn new(
        decided: &Decided,
        trace: usize,
        row: &TraceRow,
        trigger: Trigger,
        now: Moment,
        policies: &[PolicyRule],
    ) -> Self {
        let outcome = decided.outcomes[trace];
        let credited = outcome.policy.and_then(|policy| policies.get(usize::from(policy)));
        let part = credited.and_then(|policy| match &policy.rule {
            Rule::Composite(composite) => composite.parts.get(usize::from(outcome.part?)),
            _ => None,
        });
        let votes = decided.ballots.iter().filter_map(|ballot| {
            let policy = policies.get(ballot.policy)?;
            let vote = ballot.votes.get(trace).copied().flatten()?;
            let reason = ballot.reasons.get(trace).and_then(Option::as_deref).map(str::to_owned);
            let (name, is_shadow) = (policy.name.clone(), policy.is_shadow);
            Some(ExplainedVote { policy: name, vote, reason, epoch: ballot.epoch, is_shadow })
        });
        Self {
            trace_id: row.id,
            decision: outcome.decision,
            policy: credited.map(|policy| policy.name.clone()),
            part: part.map(|part| part.name.clone()),
            trigger,
            spans: row.spans,
            bytes: row.bytes,
            received: row.received,
            decided: now.unix_nanos,
            votes: votes.collect(),
        }
    }

    /// Bytes that it takes.
    fn held_bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let vote = |vote: &ExplainedVote| size_of::<ExplainedVote>() + vote.policy.len() + text(&vote.reason);
        size_of::<Self>() + text(&self.policy) + text(&self.part) + self.votes.iter().map(vote).sum::<usize>()
    }
}

/// The last decisions of a sampler, bounded in number and bytes.
///
/// Locked for one decision at a time by shards, and for a copy by whoever asks.
#[derive(Debug)]
pub(crate) struct Explanations {
    most: usize,
    most_bytes: usize,
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    entries: VecDeque<Explained>,
    bytes: usize,
}

impl Explanations {
    pub(crate) fn new(most: usize, most_bytes: usize) -> Self {
        Self { most, most_bytes, ring: Mutex::default() }
    }

    pub(crate) fn push(&self, explained: Explained) {
        let mut ring = self.lock();
        ring.bytes += explained.held_bytes();
        ring.entries.push_back(explained);
        while ring.entries.len() > self.most || ring.bytes > self.most_bytes {
            let Some(oldest) = ring.entries.pop_front() else { break };
            ring.bytes -= oldest.held_bytes();
        }
    }

    /// The decisions on a trace, the last one first.
    pub(crate) fn of(&self, trace_id: &[u8; 16]) -> Vec<Explained> {
        self.lock().entries.iter().rev().filter(|entry| entry.trace_id == *trace_id).cloned().collect()
    }

    /// The last decisions, at most `most`, the last one first; only those that kept nothing, where asked for.
    pub(crate) fn last(&self, most: usize, only_dropped: bool) -> Vec<Explained> {
        let ring = self.lock();
        let wanted = ring.entries.iter().rev();
        wanted
            .filter(|entry| !only_dropped || entry.decision != Decision::Sampled)
            .take(most)
            .cloned()
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
