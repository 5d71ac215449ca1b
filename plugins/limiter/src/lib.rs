//! What the policies `rate_limiting` and `bytes_limiting` have in common: a trace costs so many tokens of a bucket,
//! which refills continuously and starts full; one that costs more than the bucket holds is never kept.
//!
//! Each trace takes what it costs, or is not kept. Where the sampler keeps to consistent probability sampling,
//! traces that are due together share out what there is by their randomness, so that the traces that are kept
//! say under which threshold they were. Source: the Collector's tail sampling processor.

mod cut;

use std::fmt::Write;

use sluice_sdk::Field;
use sluice_sdk::intrinsic::Intrinsic;
use sluice_sdk::policy::{
    Due, Inputs, Options, Plan, Quota, Reason, Threshold, Trace, TraceRandomness, Verdict, Vote, Votes,
    WholeTrace,
};
use sluice_sdk::table::Traces;
use sluice_sdk::value::Number;

use cut::Candidate;

/// How often a share is worked out again because another shard was faster.
const ATTEMPTS: usize = 8;

/// A limit, in the words of its settings.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is counted, such as `spans`. The name of the quota, too.
    pub unit: &'static str,
    /// The name of the setting.
    pub key: &'static str,
    /// What it is: so many a second.
    pub per_second: i64,
    /// `burst_capacity`: how many at once; 0 is twice those of a second.
    pub burst_capacity: i64,
}

impl Limit {
    /// The plan of a policy that keeps to the limit; `cost` is what a trace costs.
    ///
    /// # Errors
    /// Which setting is less than 0.
    pub fn plan(self, cost: Intrinsic<Number>, options: Options) -> Result<Plan, String> {
        let rate = self.at_least_0(self.key, self.per_second)?;
        let burst = match self.at_least_0("burst_capacity", self.burst_capacity)? {
            0 => rate.saturating_mul(2),
            burst => burst,
        };
        let mut inputs = Inputs::new();
        let cost = inputs.intrinsic(Traces, cost);
        let quota = inputs.quota(self.unit, rate as f64, burst);
        let bucket = Bucket { unit: self.unit, cost, quota, burst };
        if !options.tracestate {
            return Ok(inputs.vote(move |trace, reason| bucket.take(trace, reason)));
        }
        let randomness = TraceRandomness::declare(&mut inputs);
        Ok(inputs.votes(move |due| Ok(bucket.share_out(due, randomness))))
    }

    fn at_least_0(&self, key: &str, value: i64) -> Result<u64, String> {
        u64::try_from(value).map_err(|_| format!("{key} {value}: must not be less than 0"))
    }
}

/// A bucket, and what a trace takes of it.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    unit: &'static str,
    cost: Field<WholeTrace, Traces, Number>,
    quota: Quota,
    burst: u64,
}

impl Bucket {
    /// A trace takes what it costs, or is not kept.
    fn take(&self, trace: Trace<'_>, reason: &mut Reason) -> Vote {
        let cost = self.cost_of(trace);
        let sampled = cost <= self.burst && self.quota.take(cost);
        self.explain(cost, sampled, reason);
        Vote::sampled_if(sampled)
    }

    /// Those of the greatest randomness are kept, as many as there is for.
    fn share_out(&self, due: &Due, randomness: TraceRandomness) -> Votes {
        let candidate = |trace| Candidate { randomness: randomness.of(trace), cost: self.cost_of(trace) };
        let all: Vec<_> = due.iter().map(candidate).collect();
        let threshold = self.threshold(&all);
        Votes::for_each(due.iter(), |trace, reason| {
            let Candidate { randomness, cost } = all[trace.number()];
            let sampled = cost <= self.burst && threshold.admits(randomness);
            self.explain(cost, sampled, reason);
            Verdict { vote: Vote::sampled_if(sampled), threshold }
        })
    }

    /// Takes what those cost that it admits.
    fn threshold(&self, all: &[Candidate]) -> Threshold {
        let mut candidates: Vec<_> = all.iter().copied().filter(|trace| trace.cost <= self.burst).collect();
        // They come in this order, but where a tracestate has a randomness of its own.
        candidates.sort_by_key(|trace| std::cmp::Reverse(trace.randomness));
        for _ in 0..ATTEMPTS {
            let cut = cut::cut(&candidates, self.quota.available());
            if self.quota.take(cut.cost) {
                return cut.threshold;
            }
        }
        Threshold::NEVER
    }

    fn cost_of(&self, trace: Trace<'_>) -> u64 {
        trace.get(self.cost).unwrap_or_default().into()
    }

    fn explain(&self, cost: u64, sampled: bool, reason: &mut Reason) {
        let Self { unit, burst, .. } = self;
        _ = if sampled {
            write!(reason, "{cost} {unit} are within the limit")
        } else if cost > *burst {
            write!(reason, "{cost} {unit} > burst {burst}")
        } else {
            write!(reason, "{cost} {unit} are over the limit")
        };
    }
}
