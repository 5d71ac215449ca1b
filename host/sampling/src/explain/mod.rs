//! The last decisions, each with what every policy said.

use std::collections::VecDeque;
use std::mem::size_of;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sluice_otlp::columns::TraceRow;
use sluice_plugin::Vote;

use crate::clock::Moment;
use crate::decide::{Decided, Decision, Incomplete, LeafPolicy, Outcome, PolicyRule, Rule};
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
    /// What it lacked by then.
    pub incomplete: Option<Incomplete>,
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
    /// The policies that look at traces, which it is made of: one that does so itself is the only one.
    pub leaves: Vec<ExplainedLeaf>,
    /// Whether its vote counted for nothing.
    pub is_shadow: bool,
}

/// A policy that looks at traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedLeaf {
    /// Its name.
    pub policy: String,
    /// Which load of its plugin there was.
    pub epoch: u64,
}

/// A decision as it is remembered: policies by number, whose names are known.
#[derive(Debug)]
pub(crate) struct Record {
    trace_id: [u8; 16],
    outcome: Outcome,
    trigger: Trigger,
    incomplete: Option<Incomplete>,
    spans: u32,
    bytes: u32,
    received: u64,
    decided: u64,
    votes: Box<[RecordedVote]>,
    /// Of all leaves, and shared by all that was decided together.
    epochs: Arc<[u64]>,
}

#[derive(Debug)]
struct RecordedVote {
    policy: u32,
    vote: Vote,
    reason: Option<Box<str>>,
}

impl Record {
    /// What was decided on a trace of a batch. Reasons are moved out of `decided`.
    pub(crate) fn new(
        decided: &mut Decided,
        trace: usize,
        row: &TraceRow,
        trigger: Trigger,
        incomplete: Option<Incomplete>,
        now: Moment,
    ) -> Self {
        let votes = decided.ballots.iter_mut().filter_map(|ballot| {
            let vote = ballot.votes.get(trace).copied().flatten()?;
            let reason = ballot.reasons.get_mut(trace).and_then(Option::take);
            Some(RecordedVote { policy: ballot.policy as u32, vote, reason })
        });
        let votes = votes.collect();
        Self {
            trace_id: row.id,
            outcome: decided.outcomes.get(trace).copied().unwrap_or(Outcome::NOT_SAMPLED),
            trigger,
            incomplete,
            spans: row.spans,
            bytes: row.bytes,
            received: row.received,
            decided: now.unix_nanos,
            votes,
            epochs: Arc::clone(&decided.epochs),
        }
    }

    /// Bytes that it takes.
    fn held_bytes(&self) -> usize {
        let reason = |vote: &RecordedVote| vote.reason.as_ref().map_or(0, |reason| reason.len());
        let votes = self.votes.iter().map(|vote| size_of::<RecordedVote>() + reason(vote));
        size_of::<Self>() + votes.sum::<usize>()
    }

    /// With names.
    fn explained(&self, policies: &[PolicyRule]) -> Explained {
        let credited = self.outcome.policy.and_then(|policy| policies.get(usize::from(policy)));
        let part = credited.and_then(|policy| match &policy.rule {
            Rule::Composite(composite) => composite.parts.get(usize::from(self.outcome.part?)),
            _ => None,
        });
        let votes = self.votes.iter().filter_map(|vote| {
            let policy = policies.get(vote.policy as usize)?;
            Some(ExplainedVote {
                policy: policy.name.clone(),
                vote: vote.vote,
                reason: vote.reason.as_deref().map(str::to_owned),
                leaves: self.leaves(policies, vote.policy as usize),
                is_shadow: policy.is_shadow,
            })
        });
        Explained {
            trace_id: self.trace_id,
            decision: self.outcome.decision,
            policy: credited.map(|policy| policy.name.clone()),
            part: part.map(|part| part.name.clone()),
            trigger: self.trigger,
            incomplete: self.incomplete,
            spans: self.spans,
            bytes: self.bytes,
            received: self.received,
            decided: self.decided,
            votes: votes.collect(),
        }
    }

    /// The leaves of a policy, with their loads.
    fn leaves(&self, policies: &[PolicyRule], policy: usize) -> Vec<ExplainedLeaf> {
        let before: usize = policies.iter().take(policy).map(|policy| policy.rule.leaf_count()).sum();
        let leaves = policies.iter().skip(policy).take(1).flat_map(|policy| policy.rule.leaves());
        let epochs = self.epochs.iter().skip(before);
        let leaf = |(leaf, epoch): (&Arc<dyn LeafPolicy>, &u64)| ExplainedLeaf {
            policy: leaf.name().to_owned(),
            epoch: *epoch,
        };
        leaves.zip(epochs).map(leaf).collect()
    }
}

/// The last decisions of a sampler, bounded in number and bytes.
///
/// Locked for one decision at a time by shards, and for as long as it takes to copy them out by whoever asks.
#[derive(Debug)]
pub(crate) struct Explanations {
    most: usize,
    most_bytes: usize,
    policies: Arc<[PolicyRule]>,
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    entries: VecDeque<Record>,
    bytes: usize,
}

impl Explanations {
    pub(crate) fn new(most: usize, most_bytes: usize, policies: Arc<[PolicyRule]>) -> Self {
        Self { most, most_bytes, policies, ring: Mutex::default() }
    }

    pub(crate) fn push(&self, record: Record) {
        let mut ring = self.lock();
        ring.bytes += record.held_bytes();
        ring.entries.push_back(record);
        while ring.entries.len() > self.most || ring.bytes > self.most_bytes {
            let Some(oldest) = ring.entries.pop_front() else { break };
            ring.bytes -= oldest.held_bytes();
        }
    }

    /// Takes out all decisions, the first one first.
    pub(crate) fn take(&self) -> Vec<Explained> {
        let ring = std::mem::take(&mut *self.lock());
        ring.entries.iter().map(|entry| entry.explained(&self.policies)).collect()
    }

    /// The decisions on a trace, the last one first.
    pub(crate) fn of(&self, trace_id: &[u8; 16]) -> Vec<Explained> {
        let ring = self.lock();
        let wanted = ring.entries.iter().rev().filter(|entry| entry.trace_id == *trace_id);
        wanted.map(|entry| entry.explained(&self.policies)).collect()
    }

    /// The last decisions, at most `most`, the last one first; only those that kept nothing, where asked for.
    pub(crate) fn last(&self, most: usize, only_dropped: bool) -> Vec<Explained> {
        let ring = self.lock();
        let wanted = ring.entries.iter().rev();
        let wanted = wanted.filter(|entry| !only_dropped || entry.outcome.decision != Decision::Sampled);
        wanted.take(most).map(|entry| entry.explained(&self.policies)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
