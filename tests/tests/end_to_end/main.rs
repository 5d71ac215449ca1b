//! The real binary, from outside: one file an idea.

mod delivery;
mod dns;
mod documentation;
mod failures;
mod locate;
mod malformed;
mod plugins;
mod python_sdk;
mod start;
mod telemetry;
