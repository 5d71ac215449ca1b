//! Columns against the same requests decoded with prost: what a plugin is shown is what is on the wire.
#![allow(clippy::unwrap_used, reason = "a helper that fails, fails its test")]

mod fields;
mod gathered;
mod generate;
mod oracle;
mod plans;
mod properties;
mod read;
mod semantics;
mod values;
