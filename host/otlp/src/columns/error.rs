use thiserror::Error;

use super::{Intrinsic, Table};
use crate::Signal;

/// Why a plan cannot be served, in words for the author of the plugin.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// More fields than a plan may name.
    #[error("{0} fields are asked for; a stage may name at most {max}", max = super::Plan::MAX_FIELDS)]
    TooManyFields(usize),
    /// The signal has no such table.
    #[error("{signal} have no table `{table}`")]
    NoTable {
        /// The plan's signal.
        signal: Signal,
        /// The table that was named.
        table: Table,
    },
    /// A table of parts of what is routed.
    #[error("`{0}` cannot be keyed: a key says where a whole span, log record or data point goes")]
    NotKeyable(Table),
    /// The table has no such field.
    #[error("the table `{table}` of {signal} has no field `{field}`")]
    NoField {
        /// The plan's signal.
        signal: Signal,
        /// The table that was named.
        table: Table,
        /// The field that was asked of it.
        field: Intrinsic,
    },
    /// The table's rows have no attributes.
    #[error("the rows of `{table}` of {signal} have no attributes")]
    NoAttributes {
        /// The plan's signal.
        signal: Signal,
        /// The table that was named.
        table: Table,
    },
    /// A field of traces that are held back until they are complete.
    #[error("`{0}` is known to sampling policies only")]
    OnlyForPolicies(Intrinsic),
    /// Not the name of a header, or not in lower case.
    #[error("`{0}` is no header name in lower case")]
    HeaderName(String),
}
