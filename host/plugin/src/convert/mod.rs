//! Between the types of `sluice-otlp` and the generated ones, which are the same shapes under other names.

mod batch;
mod plan;

pub(crate) use batch::{batch, column, signal};
pub(crate) use plan::{field, table};
