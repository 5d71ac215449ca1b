//! Requests as flat columns: what a plugin asked to see of them, and nothing else.
//!
//! The types mirror `interface columns` of `wit/sluice-plugin.wit`, where each is documented; the
//! plugin host moves them over the boundary without copying.

mod types;

pub use types::{Batch, BytesColumn, Column, Field, Intrinsic, Rows, Table, ValueType, Values};
