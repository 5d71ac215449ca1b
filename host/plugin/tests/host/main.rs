//! The plugin host with real plugins, as they are compiled for WebAssembly.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what helps a test may fail it")]

mod cache;
mod conditions;
mod fixture;
mod hostile;
mod hostile_policy;
mod loading;
mod outlets;
mod policies;
mod reload;
mod requests;
mod short_of_addresses;
mod stages;
mod vectors;
