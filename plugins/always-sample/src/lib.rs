//! The policy `always_sample`: every trace is kept.

use std::fmt::Write;

use sluice_sdk::export_policy;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};

/// Keeps every trace. There is nothing to set.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlwaysSample {}

impl Policy for AlwaysSample {
    const NAME: &'static str = "always_sample";

    fn plan(self, _: Options) -> Result<Plan, String> {
        Ok(Inputs::new().vote(|_, reason| {
            _ = reason.write_str("always");
            Vote::Sampled
        }))
    }
}

export_policy!(AlwaysSample);
