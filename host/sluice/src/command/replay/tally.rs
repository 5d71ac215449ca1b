//! What one sampler decided.

use std::collections::BTreeMap;

use serde::Serialize;
use sluice_plugin::Vote;
use sluice_sampling::{Decision, Replay, Replayed, ServiceShare};

/// Services that are told apart: names come from the recording, which may have any number.
const MOST_SERVICES: usize = 1000;
/// What the others are called, and those without a name.
const OTHERS: &str = "(other services)";
const NAMELESS: &str = "(no service.name)";

/// So many traces, and what is in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Amount {
    pub(super) traces: u64,
    pub(super) spans: u64,
    /// Encoded bytes of the spans.
    pub(super) bytes: u64,
}

impl Amount {
    pub(super) fn add(&mut self, spans: u64, bytes: u64) {
        self.traces += 1;
        self.spans += spans;
        self.bytes += bytes;
    }

    /// One more trace.
    pub(super) fn add_trace(&mut self, trace: &Replayed) {
        self.add(trace.decision.spans.into(), trace.decision.bytes.into());
    }
}

/// What one sampler decided, in sum.
#[derive(Debug, Default, Serialize)]
pub(super) struct Tally {
    pub(super) decided: Amount,
    pub(super) sampled: Amount,
    pub(super) not_sampled: Amount,
    pub(super) dropped: Amount,
    /// Spans and bytes that would be passed on, late ones included.
    pub(super) passed_on: Passed,
    /// Spans that came after the decision on their trace, and followed it.
    pub(super) late: Late,
    /// Traces by what brought their decision about.
    pub(super) triggers: BTreeMap<&'static str, u64>,
    /// In the order of the configuration.
    pub(super) policies: Vec<PolicyTally>,
    /// What is kept, by whose spans they are.
    pub(super) services: BTreeMap<String, ServiceTally>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Passed {
    pub(super) spans: u64,
    pub(super) bytes: u64,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Late {
    pub(super) kept_spans: u64,
    pub(super) other_spans: u64,
}

/// What a policy said, and what it is credited with.
#[derive(Debug, Default, Serialize)]
pub(super) struct PolicyTally {
    pub(super) policy: String,
    pub(super) shadow: bool,
    /// Traces that are kept for it.
    pub(super) kept: Amount,
    /// Traces that it dropped.
    pub(super) dropped: Amount,
    pub(super) votes: Votes,
}

/// Votes of a policy.
#[derive(Debug, Default, Serialize)]
pub(super) struct Votes {
    pub(super) sampled: u64,
    pub(super) not_sampled: u64,
    pub(super) dropped: u64,
    pub(super) abstain: u64,
    pub(super) error: u64,
}

/// A service's part of all traces, and of those that are kept.
#[derive(Debug, Default, Serialize)]
pub(super) struct ServiceTally {
    pub(super) decided: Amount,
    pub(super) kept: Amount,
}

impl Tally {
    /// Nothing yet, for policies by name; a `true` is one in shadow.
    pub(super) fn new(policies: &[(String, bool)]) -> Self {
        let policy = |(policy, shadow): &(String, bool)| PolicyTally {
            policy: policy.clone(),
            shadow: *shadow,
            ..PolicyTally::default()
        };
        Self { policies: policies.iter().map(policy).collect(), ..Self::default() }
    }

    pub(super) fn count(&mut self, trace: &Replayed) {
        let decision = &trace.decision;
        self.decided.add_trace(trace);
        let (amount, is_kept) = match decision.decision {
            Decision::Sampled => (&mut self.sampled, true),
            Decision::NotSampled => (&mut self.not_sampled, false),
            Decision::Dropped => (&mut self.dropped, false),
        };
        amount.add_trace(trace);
        *self.triggers.entry(decision.trigger.as_str()).or_default() += 1;
        for policy in &mut self.policies {
            policy.count(trace);
        }
        for share in &trace.services {
            let service = of_service(&mut self.services, share);
            service.decided.add(share.spans, share.bytes);
            if is_kept {
                service.kept.add(share.spans, share.bytes);
            }
        }
    }

    /// Takes over what the sampler counted itself.
    pub(super) fn close(&mut self, replay: &Replay) {
        self.passed_on = Passed { spans: replay.kept_spans(), bytes: replay.kept_bytes() };
        let [other_spans, kept_spans] = replay.late_spans();
        self.late = Late { kept_spans, other_spans };
    }
}

impl PolicyTally {
    fn count(&mut self, trace: &Replayed) {
        let decision = &trace.decision;
        if decision.policy.as_deref() == Some(&self.policy) {
            match decision.decision {
                Decision::Sampled => self.kept.add_trace(trace),
                Decision::Dropped => self.dropped.add_trace(trace),
                Decision::NotSampled => {}
            }
        }
        for vote in decision.votes.iter().filter(|vote| vote.policy == self.policy) {
            *match vote.vote {
                Vote::Sampled => &mut self.votes.sampled,
                Vote::NotSampled => &mut self.votes.not_sampled,
                Vote::Dropped => &mut self.votes.dropped,
                Vote::Abstain => &mut self.votes.abstain,
                Vote::Error => &mut self.votes.error,
            } += 1;
        }
    }
}

/// The entry of a service, while there is room for one; else that of the others.
pub(super) fn of_service<'a, T: Default>(
    services: &'a mut BTreeMap<String, T>,
    share: &ServiceShare,
) -> &'a mut T {
    let name = if share.service.is_empty() { NAMELESS } else { &share.service };
    let is_known = services.contains_key(name) || services.len() < MOST_SERVICES;
    services.entry(if is_known { name } else { OTHERS }.to_owned()).or_default()
}
