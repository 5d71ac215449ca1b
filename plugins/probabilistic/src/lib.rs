//! The policy `probabilistic`: a share of all traces is kept, chosen by their ids, so that all samplers with the same
//! settings choose the same.
//!
//! Where the sampler keeps to consistent probability sampling, and the sampler before it did so too, a trace's own
//! randomness decides; else a hash of its id does, bit by bit as in the Collector.

mod hash;
mod share;

use std::fmt::Write;

use sluice_sdk::export_policy;
use sluice_sdk::intrinsic::TRACE_ID;
use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Randomness, Threshold, TraceRandomness, Vote};
use sluice_sdk::table::Traces;

use hash::Hash;

/// The Collector's salt where none is set.
const DEFAULT_SALT: &str = "default-hash-seed";

/// Which share.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probabilistic {
    /// Empty: the Collector's default.
    #[serde(default)]
    hash_salt: String,
    /// 0 and less is none, 100 and more is all.
    sampling_percentage: f64,
}

impl Policy for Probabilistic {
    const NAME: &'static str = "probabilistic";

    const SETTINGS: &'static str = include_str!("settings.json");

    fn plan(self, options: Options) -> Result<Plan, String> {
        let percentage = self.sampling_percentage;
        let salt = if self.hash_salt.is_empty() { DEFAULT_SALT } else { &self.hash_salt };
        let (salted, limit) = (Hash::default().of(salt.as_bytes()), share::of_hashes(percentage / 100.0));
        let threshold = Threshold::of_share(percentage / 100.0);

        let mut inputs = Inputs::new();
        let id = inputs.intrinsic(Traces, TRACE_ID);
        let randomness = options.tracestate.then(|| TraceRandomness::declare(&mut inputs));
        Ok(inputs.vote(move |trace, reason| {
            let explicit = randomness.and_then(|randomness| randomness.explicit(trace));
            let (what, position, sampled) = match explicit {
                Some(randomness) => ("randomness", from_top(randomness), threshold.admits(randomness)),
                None => {
                    // An id that is not there is zeros.
                    let hash = salted.of(trace.get(id).unwrap_or(&[0; 16])).value();
                    ("hash", hash, hash <= limit)
                }
            };
            let (percent, digits) = millionths(position);
            let relation = if sampled { "within" } else { "outside" };
            _ = write!(reason, "{what} at {percent}.{digits:04} %, {relation} {percentage} %");
            let held = if options.tracestate { threshold } else { Threshold::ALWAYS };
            Vote::sampled_if(sampled).under(held)
        }))
    }
}

/// How far below the greatest randomness one is, of 2^64.
fn from_top(randomness: Randomness) -> u64 {
    (Randomness::MAX.value() - randomness.value()) << 8
}

/// A position of 2^64 in percent: whole ones, and ten thousandths of one.
fn millionths(position: u64) -> (u64, u64) {
    let millionths = (u128::from(position) * 1_000_000) >> 64;
    let millionths = millionths as u64;
    (millionths / 10_000, millionths % 10_000)
}

export_policy!(Probabilistic);
