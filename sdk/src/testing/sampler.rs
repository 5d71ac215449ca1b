//! The part of the host that asks a policy.

use super::buckets::{self, Level};
use super::request::Request;
use super::{NOW, rules, traces};
use crate::Signal;
use crate::bindings::policy::{Inputs, Options, Verdicts};
use crate::policy::{Plan, Policy, Threshold, Vote};

/// What a policy may say in all of a reason, in bytes.
const MAX_REASON: usize = 256;

/// What a policy says of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The trace.
    pub trace_id: [u8; 16],
    /// The vote.
    pub vote: Vote,
    /// Under which threshold it holds.
    pub threshold: Threshold,
    /// Why, for people.
    pub reason: String,
}

/// A configured policy, and the part of the host that asks it.
///
/// Traces are gathered from requests, as many as there are, and asked about all at once, those with the
/// greatest randomness of the id first, as in the host.
#[derive(Debug)]
pub struct Sampler {
    plan: Plan,
    contract: Inputs,
    buckets: Vec<Level>,
    now: u64,
}

impl Sampler {
    /// Configures a policy with settings in JSON, as the host does when a configuration is loaded.
    ///
    /// # Errors
    /// What the policy says of its settings, or what the host would say of its plan.
    pub fn new<P: Policy>(settings: &str) -> Result<Self, String> {
        Self::with_options::<P>(settings, false)
    }

    /// The same, for a sampler that keeps to consistent probability sampling (`use_tracestate`).
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn with_tracestate<P: Policy>(settings: &str) -> Result<Self, String> {
        Self::with_options::<P>(settings, true)
    }

    fn with_options<P: Policy>(settings: &str, tracestate: bool) -> Result<Self, String> {
        let plan = Plan::of::<P>(settings, Options { signal: Signal::Traces, tracestate })?;
        let contract = plan.to_raw();
        rules::check_policy(&contract, Signal::Traces)?;
        let buckets = contract.quotas.iter().map(|bucket| Level::new(bucket, NOW)).collect();
        Ok(Self { plan, contract, buckets, now: NOW })
    }

    /// Lets time pass, in ns; it begins at [`NOW`].
    pub fn advance(&mut self, ns: u64) {
        self.now += ns;
    }

    /// Has another shard take so much of a quota, right after the policy next asks what is available.
    pub fn rivals_take(&mut self, amount: u64) {
        buckets::set_rivals(amount);
    }

    /// Asks about all traces of some requests; answers in the order in which they first appear there.
    ///
    /// # Errors
    /// What the policy answers with, or in which way its answer breaks the contract.
    pub fn decide(&mut self, requests: &[Request]) -> Result<Vec<Decision>, String> {
        let traces = traces::gather(requests)?;
        let batch = traces::extract(&self.contract, self.now, &traces);
        let plan = &self.plan;
        let answer = buckets::with(&mut self.buckets, self.now, || plan.decide(batch))?.into_raw();
        check(&answer, traces.len())?;
        let rows = traces.iter().enumerate();
        let mut decisions: Vec<_> =
            rows.map(|(row, trace)| (trace.appeared, decision(&answer, row, trace.id))).collect();
        decisions.sort_by_key(|decision| decision.0);
        Ok(decisions.into_iter().map(|(_, decision)| decision).collect())
    }
}

/// Checks an answer by the rules of the contract.
fn check(answer: &Verdicts, rows: usize) -> Result<(), String> {
    let wrong = |what: &str, count: usize| Err(format!("{count} {what} for {rows} traces"));
    if answer.votes.len() != rows {
        return wrong("votes", answer.votes.len());
    }
    if !matches!(answer.thresholds.len(), count if count == 0 || count == rows) {
        return wrong("thresholds", answer.thresholds.len());
    }
    if !matches!(answer.reasons.offsets.len(), count if count == 0 || count == rows + 1) {
        return wrong("reasons", answer.reasons.offsets.len().saturating_sub(1));
    }
    if let Some(vote) = answer.votes.iter().find(|vote| **vote > Vote::Error as u8) {
        return Err(format!("{vote} is no vote"));
    }
    if let Some(threshold) = answer.thresholds.iter().find(|value| **value > Threshold::NEVER.value()) {
        return Err(format!("{threshold} is no threshold"));
    }
    if let Some(long) =
        answer.reasons.offsets.windows(2).find(|ends| (ends[1] - ends[0]) as usize > MAX_REASON)
    {
        return Err(format!("a reason of {} bytes; it takes at most {MAX_REASON}", long[1] - long[0]));
    }
    Ok(())
}

fn decision(answer: &Verdicts, row: usize, trace_id: [u8; 16]) -> Decision {
    let votes = [Vote::NotSampled, Vote::Sampled, Vote::Dropped, Vote::Abstain, Vote::Error];
    let reason = match answer.reasons.offsets.get(row..row + 2) {
        Some(ends) => &answer.reasons.data[ends[0] as usize..ends[1] as usize],
        None => &[],
    };
    Decision {
        trace_id,
        vote: votes[usize::from(answer.votes[row])],
        threshold: Threshold::new(answer.thresholds.get(row).copied().unwrap_or_default()),
        reason: String::from_utf8_lossy(reason).into_owned(),
    }
}
