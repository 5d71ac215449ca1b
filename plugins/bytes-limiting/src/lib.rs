//! The policy `bytes_limiting`: as many bytes a second are kept; a trace costs what its spans take up on the wire.
//!
//! [`sluice_limiter`] says how the limit is kept to.

use sluice_limiter::Limit;
use sluice_sdk::export_policy;
use sluice_sdk::intrinsic::BYTE_SIZE;
use sluice_sdk::policy::{Options, Plan, Policy};

/// How many.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BytesLimiting {
    bytes_per_second: i64,
    /// 0: twice those of a second.
    #[serde(default)]
    burst_capacity: i64,
}

impl Policy for BytesLimiting {
    const NAME: &'static str = "bytes_limiting";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, options: Options) -> Result<Plan, String> {
        let Self { bytes_per_second: per_second, burst_capacity } = self;
        Limit { unit: "bytes", key: "bytes_per_second", per_second, burst_capacity }.plan(BYTE_SIZE, options)
    }
}

export_policy!(BytesLimiting);
