//! Requests as flat columns: what a plugin asked to see of them, and nothing else.
//!
//! A [`Plan`] is made once, when a plugin is configured, and says which fields of which tables it wants.
//! [`Plan::extract`] then makes a [`Batch`] of a payload, or of some of its leaves: first the rows of all
//! tables that lead to a selected leaf, from the index alone; then, table by table, one walk over each row's
//! message for all columns that need one. No row costs an allocation, and what nobody asked for is
//! skipped on the wire.
//!
//! A sampling policy sees whole traces: [`Plan::extract_traces`] reads those that are due together once for all
//! policies, and [`TraceTables::view`] gives each policy its columns of the traces that it is asked about.
//!
//! The types mirror `interface columns` of `wit/sluice-plugin.wit`, where each is documented; the
//! plugin host moves them over the boundary without copying.

mod attribute;
mod builder;
mod cursor;
mod derived;
mod error;
mod extract;
mod key;
mod known;
mod layout;
mod lineage;
mod names;
mod plan;
mod reader;
mod row;
mod table_plan;
mod traces;
mod types;
mod walk;

pub use error::PlanError;
pub use plan::{Extracted, Plan};
pub use traces::{Selection, TraceRow, TraceTables};
pub use types::{Batch, BytesColumn, Column, Field, Intrinsic, Rows, Table, ValueType, Values};
