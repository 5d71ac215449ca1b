//! The policy `status_code`: traces are kept that have a span of one of some statuses.

use std::fmt::Write;

use sluice_sdk::export_policy;
use sluice_sdk::intrinsic::STATUS_CODE;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};
use sluice_sdk::table::Items;

/// The statuses, each at the position of its number.
const CODES: [&str; 3] = ["UNSET", "OK", "ERROR"];

/// Which statuses.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusCode {
    #[serde(default)]
    status_codes: Vec<String>,
}

impl Policy for StatusCode {
    const NAME: &'static str = "status_code";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, _: Options) -> Result<Plan, String> {
        let wanted = self.wanted()?;
        let names = self.status_codes.join(" or ");
        let mut inputs = Inputs::new();
        let status = inputs.intrinsic(Items, STATUS_CODE);
        Ok(inputs.vote(move |trace, reason| {
            let is_wanted = |code: &u32| wanted.get(*code as usize).is_some_and(|wanted| *wanted);
            let found = trace.spans().filter_map(|span| span.get(status)).find(is_wanted);
            _ = match found {
                Some(code) => write!(reason, "a span has status {}", CODES[code as usize]),
                None => write!(reason, "no span has status {names}"),
            };
            Vote::sampled_if(found.is_some())
        }))
    }
}

impl StatusCode {
    /// For each number, whether it is looked for.
    fn wanted(&self) -> Result<[bool; CODES.len()], String> {
        if self.status_codes.is_empty() {
            return Err("status_codes is empty: it takes at least one of OK, ERROR, UNSET".to_owned());
        }
        let mut wanted = [false; CODES.len()];
        for name in &self.status_codes {
            match CODES.iter().position(|code| code == name) {
                Some(code) => wanted[code] = true,
                None => return Err(format!("status_codes: `{name}` is none of OK, ERROR, UNSET")),
            }
        }
        Ok(wanted)
    }
}

export_policy!(StatusCode);
