//! Routing keys and sampling policies for Sluice, in Rust.
//!
//! A policy votes on which traces are kept: see [`policy`]. A routing key decides where telemetry goes: spans, log records and data points with the same key
//! meet at the same backend. A key is a struct that holds its settings; [`RoutingKey::plan`] declares
//! which fields it wants to see, and how a row becomes a key:
//!
//! ```
//! use sluice_sdk::{Missing, Plan, RoutingKey, Signal, table::Resources};
//!
//! /// Routes by deployment environment.
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Environment {
//!     #[serde(default)]
//!     prefix: String,
//! }
//!
//! impl RoutingKey for Environment {
//!     const NAME: &str = "environment";
//!
//!     fn plan(self, _: Signal) -> Result<Plan, String> {
//!         let mut plan = Plan::new(Missing::Empty);
//!         let mut stage = plan.stage(Resources);
//!         let environment = stage.text(Resources, "deployment.environment.name");
//!         stage.key(move |row, key| {
//!             if let Some(environment) = row.get(environment) {
//!                 key.write(&self.prefix);
//!                 key.write(environment);
//!             }
//!         });
//!         Ok(plan)
//!     }
//! }
//!
//! sluice_sdk::export_routing_key!(Environment);
//! # fn main() {}
//! ```
//!
//! Built for `wasm32-unknown-unknown` as a `cdylib`, this is a plugin; `docs/plugins.md` walks through
//! it. The feature `testing` adds a harness that runs the same code natively.
//!
//! Where to look:
//!
//! - [`RoutingKey`], [`Plan`], [`Stage`]: what to declare, and in which rounds keys are asked for
//! - [`table`], [`intrinsic`], [`Field`]: what can be asked for
//! - [`Row`], [`Rows`], [`AnyValue`], [`Attributes`]: what comes
//! - [`KeyWriter`], [`Keys`]: what goes back
//! - [`policy`], [`tracestate`]: the same for policies
//! - [`log`], [`counter`]: all that a plugin can do besides
//!
//! The crate knows nothing of the host but the WIT package, of which [`bindings`] is the mirror.

mod any_value;
mod batch;
#[allow(
    clippy::all,
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    clippy::allow_attributes_without_reason,
    rust_2018_idioms,
    reason = "generated: see the module's documentation for the contract of its unsafe code"
)]
pub mod bindings;
pub mod counter;
#[doc(hidden)]
pub mod export;
mod field;
mod fields;
pub mod intrinsic;
mod keys;
pub mod log;
mod names;
mod plan;
pub mod policy;
mod rows;
mod settings;
pub mod table;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tracestate;
pub mod value;

pub use any_value::{AnyValue, Array, Attributes};
pub use bindings::Missing;
pub use bindings::sluice::plugin::columns::Signal;
pub use field::Field;
pub use fields::Fields;
pub use keys::{KeyWriter, Keys};
pub use plan::{Plan, RoutingKey, Stage};
pub use rows::{Column, Row, Rows};
