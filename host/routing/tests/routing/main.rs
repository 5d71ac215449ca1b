//! The load balancer with real plugins in front of real OTLP servers on loopback.
#![allow(clippy::unwrap_used, reason = "a helper that fails, fails its test")]

mod changes;
mod draining;
mod failures;
mod level_one;
mod routes;
mod senders;
mod support;
