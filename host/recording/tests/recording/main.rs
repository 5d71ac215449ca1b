//! Recordings, from outside.

#![allow(clippy::expect_used, reason = "a test that cannot go on ends, and says what it expected")]

mod checks;
mod reading;
mod smoke;
