//! Keeps the traces of tenants that matter, when any of their spans is slow.

use std::fmt::Write;

use sluice_sdk::export_policy;
use sluice_sdk::intrinsic::{END, START};
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};
use sluice_sdk::table::{Items, Resources};

/// Whose traces, and how slow.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vip {
    tenants: Vec<String>,
    slower_than_ms: u64,
}

impl Policy for Vip {
    const NAME: &'static str = "vip";

    fn plan(self, _: Options) -> Result<Plan, String> {
        let mut inputs = Inputs::new();
        let tenant = inputs.text(Resources, "tenant.id");
        let (start, end) = (inputs.intrinsic(Items, START), inputs.intrinsic(Items, END));
        Ok(inputs.vote(move |trace, reason| {
            let mut tenants = trace.resources().filter_map(|resource| resource.get(tenant));
            let Some(vip) = tenants.find(|tenant| self.tenants.iter().any(|vip| vip == tenant)) else {
                return Vote::NotSampled;
            };
            let ns = trace.spans().filter_map(|span| span.get(end)?.checked_sub(span.get(start)?));
            let slowest_ms = ns.max().unwrap_or_default() / 1_000_000;
            _ = write!(reason, "the slowest span of {vip} took {slowest_ms} ms");
            Vote::sampled_if(slowest_ms > self.slower_than_ms)
        }))
    }
}

export_policy!(Vip);
