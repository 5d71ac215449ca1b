//! The policy `string_attribute`: traces are kept that have an attribute, of a resource or a span, with one of some
//! texts, or one that a pattern is found in; or, with `invert_match`, those that have none such.
//!
//! As in the Collector patterns are Go's (RE2) and not anchored, a value that is no text reads as empty, and the
//! empty text is looked at in resources alone, and there by patterns alone.

mod cache;
mod matcher;

use std::fmt::Write;

use sluice_sdk::export_policy;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};
use sluice_sdk::table::{Items, Resources};

use matcher::Matcher;

/// Which attribute, and what it should be.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StringAttribute {
    key: String,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    enabled_regex_matching: bool,
    /// How many values are remembered with what the patterns made of them; 0 or less: as many as the Collector's
    /// default.
    #[serde(default)]
    cache_max_size: i64,
    #[serde(default)]
    invert_match: bool,
}

impl Policy for StringAttribute {
    const NAME: &'static str = "string_attribute";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, _: Options) -> Result<Plan, String> {
        let Self { key, values, enabled_regex_matching, cache_max_size, invert_match } = self;
        if key.is_empty() {
            return Err("key is empty: it takes the name of an attribute".to_owned());
        }
        let matcher = if enabled_regex_matching {
            Matcher::of_patterns(&values, cache_max_size)?
        } else {
            Matcher::of_values(&values)
        };
        let mut inputs = Inputs::new();
        let of_resource = inputs.text(Resources, &key).raw();
        let of_span = inputs.text(Items, &key).raw();
        Ok(inputs.vote(move |trace, reason| {
            let resources = trace.resources().filter_map(|resource| resource.get(of_resource));
            let spans = trace.spans().filter_map(|span| span.get(of_span).filter(|value| !value.is_empty()));
            let found = resources.chain(spans).find(|value| matcher.matches(value));
            _ = match found {
                Some(value) => write!(reason, "{key} is {}", String::from_utf8_lossy(value)),
                None => write!(reason, "no {key} matches"),
            };
            Vote::sampled_if(found.is_some() != invert_match)
        }))
    }
}

export_policy!(StringAttribute);
