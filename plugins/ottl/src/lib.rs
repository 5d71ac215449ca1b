//! The conditions of the Collector's transformation language (OTTL), for what decides by them.
//!
//! A condition such as `attributes["http.route"] == "/pay" and end_time - start_time > Duration("2s")` is read by
//! [`Condition::new`], once: its grammar is checked, its paths become positions in [`References`], constants are
//! calculated and patterns compiled. [`Condition::holds`] then evaluates it for a [`Row`], on values that are
//! borrowed from it.
//!
//! - [`syntax`]: the grammar; its trees print as text that reads as the same tree
//! - [`Context`], [`Reference`], [`Field`]: what conditions can read
//! - [`Row`], [`Value`], [`Nested`]: what a user of this crate gives
//! - [`Error`], [`Fault`]: what is wrong with a condition, and what went wrong in evaluating it
//!
//! The crate knows nothing of plugins or of wire formats. Invariants: no condition, however hostile, makes it
//! panic; a condition is bounded in length and depth, and takes time linear in what its row holds; comparing a
//! field with a literal allocates nothing.

mod compile;
mod condition;
mod converters;
mod error;
mod evaluate;
mod fault;
mod nearest;
mod paths;
pub mod syntax;
mod time;
mod value;

pub use condition::Condition;
pub use converters::names as converters;
pub use error::Error;
pub use evaluate::Row;
pub use fault::{Fault, FaultKind};
pub use paths::{Context, Field, Reference, References, Table, fields};
pub use time::Time;
pub use value::{List, Map, Nested, Value};
