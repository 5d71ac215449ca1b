//! The policy `latency`: traces that took longer than a threshold and, where there is a second one, not
//! longer than that, are kept.
//!
//! A trace takes from the earliest start of its spans to their latest end, in whole milliseconds. The Collector's
//! policy of this name looks after every span, so that the first spans to arrive may decide; this one
//! looks at the whole trace, and the order of spans never matters. A start of 0, which is none, does not
//! count where another span has one.

use std::fmt::Write;

use sluice_sdk::export_policy;
use sluice_sdk::intrinsic::{END, START};
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};
use sluice_sdk::table::Items;

const NS_PER_MS: u64 = 1_000_000;

/// How long is too long, in milliseconds.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    threshold_ms: Option<i64>,
    /// 0: none.
    #[serde(default)]
    upper_threshold_ms: i64,
}

impl Policy for Latency {
    const NAME: &'static str = "latency";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, _: Options) -> Result<Plan, String> {
        if self.threshold_ms.is_none() && self.upper_threshold_ms == 0 {
            return Err("threshold_ms is missing: after how many milliseconds is a trace kept?".to_owned());
        }
        let (above, up_to) = (self.threshold_ms.unwrap_or(0), self.upper_threshold_ms);
        if up_to != 0 && up_to <= above {
            return Err(format!(
                "upper_threshold_ms {up_to}: must be greater than threshold_ms {above}, or no trace is ever kept"
            ));
        }
        let mut inputs = Inputs::new();
        let (start, end) = (inputs.intrinsic(Items, START), inputs.intrinsic(Items, END));
        Ok(inputs.vote(move |trace, reason| {
            // An unset start is the largest number, so that it loses against every other.
            let (mut first, mut last) = (u64::MAX, 0);
            for span in trace.spans() {
                first = first.min(span.get(start).unwrap_or_default().wrapping_sub(1));
                last = last.max(span.get(end).unwrap_or_default());
            }
            let took = milliseconds(first.wrapping_add(1), last);
            _ = if took <= above {
                write!(reason, "latency {took} ms <= {above} ms")
            } else if up_to != 0 && took > up_to {
                write!(reason, "latency {took} ms > {up_to} ms")
            } else {
                write!(reason, "latency {took} ms > {above} ms")
            };
            Vote::sampled_if(took > above && (up_to == 0 || took <= up_to))
        }))
    }
}

/// Whole milliseconds from one time to another, which are in ns; less than 0 where it lies before.
fn milliseconds(from: u64, to: u64) -> i64 {
    let whole = (to.abs_diff(from) / NS_PER_MS).cast_signed();
    if to < from { -whole } else { whole }
}

export_policy!(Latency);
