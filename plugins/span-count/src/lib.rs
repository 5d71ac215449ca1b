//! The policy `span_count`: traces are kept that have at least so many spans, and at most so many.

use std::fmt::Write;

use sluice_sdk::export_policy;
use sluice_sdk::intrinsic::SPAN_COUNT;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};
use sluice_sdk::table::Traces;

/// How many.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpanCount {
    min_spans: Option<i32>,
    /// 0: no such bound.
    #[serde(default)]
    max_spans: i32,
}

impl Policy for SpanCount {
    const NAME: &'static str = "span_count";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, _: Options) -> Result<Plan, String> {
        if self.min_spans.is_none() && self.max_spans == 0 {
            return Err("min_spans is missing: from how many spans on is a trace kept?".to_owned());
        }
        let (min, max) = (i64::from(self.min_spans.unwrap_or(0)), i64::from(self.max_spans));
        if max != 0 && max < min {
            return Err(format!("max_spans {max}: must not be less than min_spans {min}"));
        }
        let mut inputs = Inputs::new();
        let count = inputs.intrinsic(Traces, SPAN_COUNT);
        Ok(inputs.vote(move |trace, reason| {
            let count = i64::from(trace.get(count).unwrap_or_default());
            _ = if count < min {
                write!(reason, "{count} spans < {min}")
            } else if max != 0 && count > max {
                write!(reason, "{count} spans > {max}")
            } else {
                write!(reason, "{count} spans >= {min}")
            };
            Vote::sampled_if(count >= min && (max == 0 || count <= max))
        }))
    }
}

export_policy!(SpanCount);
