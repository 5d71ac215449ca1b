//! Handshakes between the two sides, with certificates made for each test.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod choices;
mod failures;
mod rotation;
mod support;
mod trust;
