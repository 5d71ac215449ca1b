//! Whole configurations through `Config::load`.

#![expect(clippy::expect_used, reason = "helpers of tests fail like tests")]

mod arbitrary;
mod broken;
mod defaults;
mod documentation;
mod environment;
mod guide;
mod secrets;
mod support;
