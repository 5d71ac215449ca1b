//! The policy `trace_flags`: traces are kept that have a span with the `sampled` flag of W3C Trace Context.

use std::fmt::Write;

use sluice_sdk::export_policy;
use sluice_sdk::intrinsic::FLAGS;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};
use sluice_sdk::table::Items;

/// The flag `sampled`.
const SAMPLED: u32 = 1;

/// Keeps traces with a flagged span. There is nothing to set.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceFlags {}

impl Policy for TraceFlags {
    const NAME: &'static str = "trace_flags";

    fn plan(self, _: Options) -> Result<Plan, String> {
        let mut inputs = Inputs::new();
        let flags = inputs.intrinsic(Items, FLAGS);
        Ok(inputs.vote(move |trace, reason| {
            let found = trace.spans().any(|span| span.get(flags).is_some_and(|flags| flags & SAMPLED != 0));
            _ = reason.write_str(if found { "a span is flagged" } else { "no span is flagged" });
            Vote::sampled_if(found)
        }))
    }
}

export_policy!(TraceFlags);
