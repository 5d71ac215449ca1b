//! Policies: votes on whole traces, for tail sampling.
//!
//! A policy is a struct that holds its settings; [`Policy::plan`] declares which fields it wants to see
//! and how it votes on a trace:
//!
//! ```
//! use std::fmt::Write;
//!
//! use sluice_sdk::intrinsic::STATUS_CODE;
//! use sluice_sdk::policy::{Inputs, Options, Plan, Policy, Vote};
//! use sluice_sdk::table::Items;
//!
//! /// Keeps traces with so many failed spans.
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Failures {
//!     at_least: usize,
//! }
//!
//! impl Policy for Failures {
//!     const NAME: &str = "failures";
//!
//!     fn plan(self, _: Options) -> Result<Plan, String> {
//!         let mut inputs = Inputs::new();
//!         let status = inputs.intrinsic(Items, STATUS_CODE);
//!         Ok(inputs.vote(move |trace, reason| {
//!             let failed = trace.spans().filter(|span| span.get(status) == Some(2)).count();
//!             _ = write!(reason, "{failed} spans failed");
//!             Vote::sampled_if(failed >= self.at_least)
//!         }))
//!     }
//! }
//!
//! sluice_sdk::export_policy!(Failures);
//! # fn main() {}
//! ```
//!
//! Where to look:
//!
//! - [`Inputs`]: what to declare; [`Quota`]: token buckets
//! - [`Trace`], [`Due`]: what comes
//! - [`Vote`], [`Verdict`], [`Reason`], [`Votes`]: what goes back
//! - [`Randomness`], [`Threshold`], [`TraceRandomness`]: consistent probability sampling

mod due;
mod inputs;
mod plan;
mod quota;
mod randomness;
mod reason;
mod threshold;
mod trace;
mod votes;

pub use crate::bindings::policy::Options;
pub use due::Due;
pub use inputs::Inputs;
pub use plan::{Plan, Policy};
pub use quota::Quota;
pub use randomness::{Randomness, TraceRandomness};
pub use reason::Reason;
pub use threshold::Threshold;
pub use trace::{Trace, WholeTrace};
pub use votes::{Verdict, Vote, Votes};
