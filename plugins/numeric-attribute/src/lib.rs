//! The policy `numeric_attribute`: traces are kept that have an attribute, of a resource or a span, with a whole
//! number in a range; or, with `invert_match`, those that have none such.
//!
//! As in the Collector a bound of 0 is none, bounds are inclusive, and a value that is no whole number
//! reads as 0.

use std::fmt::Write;
use std::ops::RangeInclusive;

use sluice_sdk::export_policy;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};
use sluice_sdk::table::{Items, Resources};

/// Which attribute, and from where to where.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumericAttribute {
    key: String,
    /// 0: no such bound.
    #[serde(default)]
    min_value: i64,
    /// 0: no such bound.
    #[serde(default)]
    max_value: i64,
    #[serde(default)]
    invert_match: bool,
}

impl Policy for NumericAttribute {
    const NAME: &'static str = "numeric_attribute";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, _: Options) -> Result<Plan, String> {
        let range = self.range()?;
        let Self { key, invert_match, .. } = self;
        let mut inputs = Inputs::new();
        let of_resource = inputs.int(Resources, &key);
        let of_span = inputs.int(Items, &key);
        Ok(inputs.vote(move |trace, reason| {
            let resources = trace.resources().filter_map(|resource| resource.get(of_resource));
            let spans = trace.spans().filter_map(|span| span.get(of_span));
            let found = resources.chain(spans).find(|value| range.contains(value));
            let (least, most) = (range.start(), range.end());
            _ = match found {
                Some(value) => write!(reason, "{key} {value} is in {least} to {most}"),
                None => write!(reason, "no {key} in {least} to {most}"),
            };
            Vote::sampled_if(found.is_some() != invert_match)
        }))
    }
}

impl NumericAttribute {
    fn range(&self) -> Result<RangeInclusive<i64>, String> {
        if self.key.is_empty() {
            return Err("key is empty: it takes the name of an attribute".to_owned());
        }
        let (min, max) = (self.min_value, self.max_value);
        if min == 0 && max == 0 {
            return Err("neither min_value nor max_value is set, where 0 is the same as unset".to_owned());
        }
        let range = if min == 0 { i64::MIN } else { min }..=if max == 0 { i64::MAX } else { max };
        if range.is_empty() {
            return Err(format!("min_value {min}: must not be greater than max_value {max}"));
        }
        Ok(range)
    }
}

export_policy!(NumericAttribute);
