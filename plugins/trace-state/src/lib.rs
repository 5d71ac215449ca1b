//! The policy `trace_state`: traces are kept that have a span whose W3C tracestate has a key with one of some values.
//!
//! A tracestate that is malformed has no keys.

use std::collections::BTreeSet;
use std::fmt::Write;

use sluice_sdk::intrinsic::TRACESTATE;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};
use sluice_sdk::table::Items;
use sluice_sdk::{export_policy, tracestate};

/// The most that a key and its value may have together, in bytes; as in the Collector.
const MAX_PAIR: usize = 255;

/// Which key, and which values.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceState {
    key: String,
    #[serde(default)]
    values: Vec<String>,
}

impl Policy for TraceState {
    const NAME: &'static str = "trace_state";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, _: Options) -> Result<Plan, String> {
        let Self { key, values } = self;
        if key.is_empty() {
            return Err("key is empty: it takes the name of a member of the tracestate".to_owned());
        }
        let can_be = |value: &String| !value.is_empty() && key.len() + value.len() <= MAX_PAIR;
        let values: BTreeSet<String> = values.into_iter().filter(can_be).collect();
        let mut inputs = Inputs::new();
        let state = inputs.intrinsic(Items, TRACESTATE);
        Ok(inputs.vote(move |trace, reason| {
            // Nearly always the same for all spans.
            let mut before = "";
            let mut states = trace.spans().filter_map(|span| span.get(state)).filter(|state| {
                let differs = *state != before;
                before = state;
                differs
            });
            let found = states
                .find_map(|state| tracestate::member(state, &key).filter(|value| values.contains(*value)));
            _ = match found {
                Some(value) => write!(reason, "tracestate has {key}={value}"),
                None => write!(reason, "no tracestate has {key} with such a value"),
            };
            Vote::sampled_if(found.is_some())
        }))
    }
}

export_policy!(TraceState);
