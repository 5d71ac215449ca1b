//! The ways out against real OTLP/gRPC servers on loopback: what arrives there, and what is counted here.
#![allow(clippy::unwrap_used, reason = "a helper that fails, fails its test")]

mod accounting;
mod backend;
mod client;
mod codes;
mod exporter;
mod instances;
mod joining;
mod lane;
mod retries;
mod senders;
mod support;
mod tls;
