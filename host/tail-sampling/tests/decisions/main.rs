//! What a sampler decides, from a `tail_sampling` block and wire bytes to what comes out: with the plugins as they are compiled,
//! the engine as it is, and simulated time.
//!
//! The cases are those of the tests of contrib's tailsamplingprocessor, whose names are told where a test has one there, and
//! numbers like V10 are those of the vectors in `vectors/`, which the plugins' own tests have too.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what helps a test may fail it")]

mod harness;
mod processor;
mod spans;
mod table;
mod vectors;
