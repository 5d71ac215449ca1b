use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use sluice_otlp::columns::TraceRow;
use sluice_plugin::Vote;

use crate::decide::{Decided, Decision, Incomplete};
use crate::shard::Trigger;
use crate::store::Trace;

/// The decisions that are counted apart.
pub(super) const DECISIONS: [Decision; 3] = [Decision::Sampled, Decision::NotSampled, Decision::Dropped];

pub(super) fn words(decision: Decision) -> (&'static str, &'static str) {
    (if decision == Decision::Sampled { "true" } else { "false" }, decision.as_str())
}

/// One sampler's series.
#[derive(Clone, Debug)]
pub(crate) struct Counters {
    pub(super) policies: Vec<PolicyCounters>,
    pub(super) global: [Counter; DECISIONS.len()],
    pub(super) early: [Counter; 2],
    pub(crate) new_traces: Counter,
    pub(super) decision_latency: Histogram,
    pub(super) late_span_age: Histogram,
    pub(super) removal_age: Histogram,
    pub(super) policy_errors: Counter,
    pub(super) dropped_too_early: Counter,
    pub(crate) traces_held: Gauge,
    pub(crate) too_large: Counter,
    pub(crate) unparseable_tracestate: Counter,
    pub(crate) spans_held: Gauge,
    pub(crate) bytes_held: Gauge,
    pub(super) decisions: [Counter; Trigger::ALL.len()],
    pub(super) without_root: Counter,
    pub(super) missing_parent: Counter,
    /// How old the oldest trace is, in seconds.
    pub(crate) oldest: Gauge<f64, AtomicU64>,
    /// How long traces waited lately, in seconds, at each of the [`QUANTILES`](super::QUANTILES).
    pub(crate) waits: [Gauge<f64, AtomicU64>; super::QUANTILES.len()],
    pub(crate) oversize_spans: Counter,
    pub(crate) dropped_at_shutdown: Counter,
    pub(crate) rejected_spans: Counter,
    pub(crate) undelivered_spans: Counter,
    pub(crate) refused_memory: Counter,
    pub(crate) refused_traces: Counter,
}

/// One policy's series.
#[derive(Clone, Debug)]
pub(super) struct PolicyCounters {
    pub(super) traces: [Counter; DECISIONS.len()],
    pub(super) spans: [Counter; DECISIONS.len()],
    pub(super) bytes: [Counter; DECISIONS.len()],
    pub(super) executions: Counter,
    pub(super) micros: Counter,
    pub(super) errors: Counter,
    /// Of a policy in shadow: votes that the outcome did not bear out, and that it did.
    pub(super) shadow: Option<[Counter; 2]>,
}

impl Counters {
    /// So many spans came so long after the decision on their trace.
    pub(crate) fn late(&self, sampled: bool, spans: u32, age: Duration) {
        self.late_span_age.observe(age.as_secs_f64());
        self.early[usize::from(sampled)].inc_by(u64::from(spans));
    }

    /// Spans that came after the decision on their trace, where that was not to keep it, and where it was.
    pub(crate) fn late_spans(&self) -> [u64; 2] {
        [self.early[0].get(), self.early[1].get()]
    }

    /// A trace is decided.
    pub(crate) fn decided(&self, trigger: Trigger, trace: &Trace, now: Duration) {
        self.decisions[trigger as usize].inc();
        self.removal_age.observe(now.saturating_sub(trace.first).as_secs_f64());
        if trigger == Trigger::Eviction {
            self.dropped_too_early.inc();
        }
    }

    /// Traces without a root, and with a missing parent.
    #[cfg(test)]
    pub(crate) fn incomplete(&self) -> (u64, u64) {
        (self.without_root.get(), self.missing_parent.get())
    }

    pub(crate) fn concluded(&self, decision: Decision, incomplete: Option<Incomplete>) {
        self.global[position(decision)].inc();
        match incomplete {
            Some(Incomplete::NoRoot) => self.without_root.inc(),
            Some(Incomplete::MissingParent) => self.missing_parent.inc(),
            None => return,
        };
    }

    /// The policies were asked about a batch of traces.
    pub(crate) fn asked(&self, decided: &Decided, rows: &[TraceRow], took: Duration) {
        self.decision_latency.observe(took.as_secs_f64() * 1e3);
        for ballot in &decided.ballots {
            let Some(policy) = self.policies.get(ballot.policy) else { continue };
            policy.micros.inc_by(u64::try_from(ballot.spent.as_micros()).unwrap_or(u64::MAX));
            policy.errors.inc_by(ballot.errors);
            self.policy_errors.inc_by(ballot.errors);
            policy.count(decided, &ballot.votes, rows);
        }
    }
}

impl PolicyCounters {
    fn count(&self, decided: &Decided, votes: &[Option<Vote>], rows: &[TraceRow]) {
        let mut sums = [(0, 0, 0); DECISIONS.len()];
        let mut executions = 0;
        for ((vote, row), outcome) in votes.iter().zip(rows).zip(&decided.outcomes) {
            let Some(vote) = vote else { continue };
            executions += 1;
            let voted = match vote {
                Vote::Sampled => Decision::Sampled,
                Vote::Dropped => Decision::Dropped,
                Vote::NotSampled | Vote::Abstain | Vote::Error => Decision::NotSampled,
            };
            let sum = &mut sums[position(voted)];
            *sum = (sum.0 + 1, sum.1 + u64::from(row.spans), sum.2 + u64::from(row.bytes));
            if let Some(shadow) = &self.shadow {
                let agrees = (voted == Decision::Sampled) == (outcome.decision == Decision::Sampled);
                shadow[usize::from(agrees)].inc();
            }
        }
        self.executions.inc_by(executions);
        for (position, (traces, spans, bytes)) in sums.into_iter().enumerate() {
            self.traces[position].inc_by(traces);
            self.spans[position].inc_by(spans);
            self.bytes[position].inc_by(bytes);
        }
    }
}

fn position(decision: Decision) -> usize {
    match decision {
        Decision::Sampled => 0,
        Decision::NotSampled => 1,
        Decision::Dropped => 2,
    }
}
