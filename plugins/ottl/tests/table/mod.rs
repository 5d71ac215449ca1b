//! Conditions and what they answer.

mod comparisons;
mod converters;
mod mistakes;
mod paths;

pub(crate) use comparisons::{CALCULATIONS, COMPARISONS, LOGIC};
pub(crate) use converters::CONVERTERS;
pub(crate) use mistakes::{EVENT_MISTAKES, FAULTS, MISTAKES};
pub(crate) use paths::{EVENT_PATHS, SPAN_PATHS};
