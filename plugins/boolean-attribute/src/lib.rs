//! The policy `boolean_attribute`: traces are kept that have an attribute, of a resource or a span, with a truth
//! value; or, with `invert_match`, those that have none such.
//!
//! As in the Collector a value that is no truth value reads as false.

use std::fmt::Write;

use sluice_sdk::export_policy;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};
use sluice_sdk::table::{Items, Resources};

/// Which attribute, and what it should be.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BooleanAttribute {
    key: String,
    #[serde(default)]
    value: bool,
    #[serde(default)]
    invert_match: bool,
}

impl Policy for BooleanAttribute {
    const NAME: &'static str = "boolean_attribute";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, _: Options) -> Result<Plan, String> {
        let Self { key, value, invert_match } = self;
        if key.is_empty() {
            return Err("key is empty: it takes the name of an attribute".to_owned());
        }
        let mut inputs = Inputs::new();
        let of_resource = inputs.boolean(Resources, &key);
        let of_span = inputs.boolean(Items, &key);
        Ok(inputs.vote(move |trace, reason| {
            let found = trace.resources().any(|resource| resource.get(of_resource) == Some(value))
                || trace.spans().any(|span| span.get(of_span) == Some(value));
            _ = write!(reason, "{}{key} is {value}", if found { "" } else { "no " });
            Vote::sampled_if(found != invert_match)
        }))
    }
}

export_policy!(BooleanAttribute);
