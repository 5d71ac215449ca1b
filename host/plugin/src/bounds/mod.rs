//! How much trouble a plugin may make: what one caller may lose, when it is left alone, how often it is told.

mod breaker;
mod budget;
mod failures;

pub(crate) use breaker::{Admission, Breaker};
pub(crate) use budget::{Budget, Next};
pub(crate) use failures::FailureLog;
