//! From policies' votes to decisions.
//!
//! Pure but for the plugins that are asked: traces and a time in, decisions out. Votes are counted as contrib's
//! tailsamplingprocessor does.

mod evaluate;
mod leaf;
mod parents;
mod rule;
mod shares;
mod snapshot;
mod votes;

use std::sync::Arc;
use std::time::Duration;

pub use leaf::{LeafGeneration, LeafPolicy};
pub use parents::Incomplete;
pub use rule::{Composite, CompositePart, OnError, PolicyRule, Rule};
pub use shares::Shares;
use sluice_otlp::Payload;
use sluice_otlp::columns::TraceRow;
use sluice_plugin::Vote;

use evaluate::Evaluation;
use parents::Parents;
use snapshot::Snapshot;
use votes::Votes;

use crate::store::WantedOfRequests;

/// What becomes of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Decision {
    /// It is passed on.
    Sampled,
    /// No policy wanted it.
    NotSampled,
    /// A `drop` policy did not want it.
    Dropped,
}

impl Decision {
    /// The Collector's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sampled => "sampled",
            Self::NotSampled => "not_sampled",
            Self::Dropped => "dropped",
        }
    }
}

/// A decision, and who made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) decision: Decision,
    /// The policy that is credited, by number.
    pub(crate) policy: Option<u16>,
    /// Which part of it, where it is a composite.
    pub(crate) part: Option<u16>,
    /// Under which threshold a `sampled` holds.
    pub(crate) threshold: u64,
}

impl Outcome {
    /// What is said of a trace that nobody has spoken for.
    pub(crate) const NOT_SAMPLED: Self =
        Self { decision: Decision::NotSampled, policy: None, part: None, threshold: 0 };
}

/// What one policy said of the traces of a batch.
#[derive(Debug)]
pub(crate) struct Ballot {
    /// Its number.
    pub(crate) policy: usize,
    /// One for each trace; `None`: it was not asked.
    pub(crate) votes: Vec<Option<Vote>>,
    /// Why; empty where nobody wants to know.
    pub(crate) reasons: Vec<Option<Box<str>>>,
    /// How many votes a plugin failed to give.
    pub(crate) errors: u64,
    /// How long its plugins took.
    pub(crate) spent: Duration,
}

/// The decisions on a batch of traces.
#[derive(Debug)]
pub(crate) struct Decided {
    /// One for each trace.
    pub(crate) outcomes: Vec<Outcome>,
    /// By policy, in the order in which they were asked.
    pub(crate) ballots: Vec<Ballot>,
    /// Of which load each leaf was that may have been asked, in the order of the configuration.
    pub(crate) epochs: Arc<[u64]>,
    /// For each trace, whether a span names a parent that is not there.
    pub(crate) missing_parents: Vec<bool>,
}

impl Decided {
    /// Nobody wants any of these traces.
    pub(crate) fn against_all(missing_parents: Vec<bool>) -> Self {
        let outcomes = vec![Outcome::NOT_SAMPLED; missing_parents.len()];
        Self { outcomes, ballots: Vec::new(), epochs: Arc::default(), missing_parents }
    }
}

/// How votes are counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counting {
    /// Whether the first policy that samples a trace decides.
    pub(crate) first_match: bool,
    /// Whether to keep to consistent probability sampling.
    pub(crate) tracestate: bool,
    /// Whether reasons are wanted.
    pub(crate) explained: bool,
}

/// Decides on batches of traces. One for each shard; policies are shared.
#[derive(Debug)]
pub(crate) struct Decider {
    policies: Arc<[PolicyRule]>,
    counting: Counting,
    snapshot: Option<Snapshot>,
    parents: Parents,
}

impl Decider {
    pub(crate) fn new(policies: Arc<[PolicyRule]>, counting: Counting) -> Self {
        Self { policies, counting, snapshot: None, parents: Parents::default() }
    }

    /// What the policies, as they are now, want to know of requests.
    pub(crate) fn wanted_of_requests(&mut self) -> WantedOfRequests {
        self.refresh();
        self.snapshot.as_ref().map(|snapshot| snapshot.wanted_of_requests.clone()).unwrap_or_default()
    }

    /// Decides on traces that no policy is to be asked about.
    pub(crate) fn decide_against(&mut self, payload: &Payload, rows: &[TraceRow]) -> Decided {
        Decided::against_all(self.parents.read(payload, rows))
    }

    /// Decides on traces that lie in `payload` as `rows` say, in their order.
    pub(crate) fn decide(&mut self, payload: &Payload, rows: &[TraceRow], now_unix_nanos: u64) -> Decided {
        self.refresh();
        let Some(snapshot) = &self.snapshot else {
            return self.decide_against(payload, rows);
        };
        let tables = snapshot.plan.extract_traces(payload, rows, now_unix_nanos);
        let missing_parents = self.parents.missing(&tables);
        let spans: Vec<u32> = rows.iter().map(|row| row.spans).collect();
        let mut election = Election {
            policies: &self.policies,
            counting: self.counting,
            evaluation: Evaluation {
                snapshot,
                tables: &tables,
                spans: &spans,
                now: now_unix_nanos,
                tracestate: self.counting.tracestate,
                explained: self.counting.explained,
                errors: 0,
                spent: Duration::ZERO,
            },
            decided: Decided {
                epochs: Arc::clone(&snapshot.epochs),
                ..Decided::against_all(missing_parents)
            },
        };
        election.run();
        election.decided
    }

    /// Takes note of plugins that were swapped since the last batch.
    fn refresh(&mut self) {
        let leaves = || self.policies.iter().flat_map(|policy| policy.rule.leaves());
        if self.snapshot.as_ref().is_none_or(|snapshot| !snapshot.is_current(leaves())) {
            self.snapshot = Snapshot::new(leaves());
        }
    }
}

/// One batch on its way to decisions.
struct Election<'a> {
    policies: &'a [PolicyRule],
    counting: Counting,
    evaluation: Evaluation<'a>,
    decided: Decided,
}

impl Election<'_> {
    /// Drop policies come first, then the others, each in the order of the configuration.
    fn run(&mut self) {
        let mut leaf = 0;
        let mut order = Vec::with_capacity(self.policies.len());
        for (number, policy) in self.policies.iter().enumerate() {
            order.push((number, leaf));
            leaf += policy.rule.leaf_count();
        }
        order.sort_by_key(|(number, _)| !self.policies[*number].rule.is_drop());
        for (number, leaf) in order {
            let open = self.open();
            if open.is_empty() {
                break;
            }
            self.hold(number, leaf, &open);
        }
    }

    /// The traces that the next policy is asked about: those that are not dropped, and with
    /// `sample_on_first_match` those that nobody has sampled yet.
    fn open(&self) -> Vec<u32> {
        let is_open = |outcome: &Outcome| match outcome.decision {
            Decision::Dropped => false,
            Decision::Sampled => !self.counting.first_match,
            Decision::NotSampled => true,
        };
        let outcomes = (0..).zip(&self.decided.outcomes);
        outcomes.filter(|(_, outcome)| is_open(outcome)).map(|(trace, _)| trace).collect()
    }

    /// Asks one policy, and counts its votes where it has any.
    fn hold(&mut self, number: usize, leaf: usize, open: &[u32]) {
        let policy = &self.policies[number];
        (self.evaluation.errors, self.evaluation.spent) = (0, Duration::ZERO);
        let mut votes = self.evaluation.ask(&policy.rule, leaf, open);
        if !policy.is_shadow {
            for (row, &trace) in open.iter().enumerate() {
                self.count(number, trace as usize, &votes, row);
            }
        }
        let traces = self.decided.outcomes.len();
        let (mut cast, mut reasons) = (vec![None; traces], Vec::new());
        for (vote, &trace) in votes.votes.iter().zip(open) {
            cast[trace as usize] = Some(*vote);
        }
        if self.counting.explained {
            reasons.resize(traces, None);
            for (reason, &trace) in votes.reasons.iter_mut().zip(open) {
                reasons[trace as usize] = reason.take();
            }
        }
        self.decided.ballots.push(Ballot {
            policy: number,
            votes: cast,
            reasons,
            errors: self.evaluation.errors,
            spent: self.evaluation.spent,
        });
    }

    fn count(&mut self, number: usize, trace: usize, votes: &Votes, row: usize) {
        let outcome = &mut self.decided.outcomes[trace];
        let credited = Outcome {
            decision: Decision::Sampled,
            policy: u16::try_from(number).ok(),
            part: votes.parts.get(row).copied().flatten(),
            threshold: votes.thresholds[row],
        };
        match votes.votes[row] {
            Vote::Dropped => *outcome = Outcome { decision: Decision::Dropped, threshold: 0, ..credited },
            Vote::Sampled if outcome.decision == Decision::NotSampled => *outcome = credited,
            Vote::Sampled
                if self.counting.tracestate
                    && outcome.decision == Decision::Sampled
                    && credited.threshold < outcome.threshold =>
            {
                *outcome = credited;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
