//! A policy for tests: traces are kept of which a span came in a request with a header of some value.

use std::fmt::Write;

use sluice_sdk::export_policy;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};

/// Which header, and which values of it.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderPolicy {
    header: String,
    values: Vec<String>,
}

impl Policy for HeaderPolicy {
    const NAME: &'static str = "header_policy";

    fn plan(self, _: Options) -> Result<Plan, String> {
        let mut inputs = Inputs::new();
        let header = inputs.header(&self.header);
        Ok(inputs.vote(move |trace, reason| {
            let mut values = trace.requests().filter_map(|request| request.get(header));
            let found = values.find(|value| self.values.iter().any(|wanted| wanted == value));
            _ = write!(reason, "{} {}", self.header, found.unwrap_or("is another"));
            Vote::sampled_if(found.is_some())
        }))
    }
}

export_policy!(HeaderPolicy);
