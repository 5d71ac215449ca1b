//! The policy `rate_limiting`: as many spans a second are kept; a trace costs as many as it has.
//!
//! [`sluice_limiter`] says how the limit is kept to.

use sluice_limiter::Limit;
use sluice_sdk::export_policy;
use sluice_sdk::intrinsic::SPAN_COUNT;
use sluice_sdk::policy::{Options, Plan, Policy};

/// How many.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimiting {
    spans_per_second: i64,
    /// 0: twice those of a second.
    #[serde(default)]
    burst_capacity: i64,
}

impl Policy for RateLimiting {
    const NAME: &'static str = "rate_limiting";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, options: Options) -> Result<Plan, String> {
        let Self { spans_per_second: per_second, burst_capacity } = self;
        Limit { unit: "spans", key: "spans_per_second", per_second, burst_capacity }.plan(SPAN_COUNT, options)
    }
}

export_policy!(RateLimiting);
