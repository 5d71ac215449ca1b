use std::ops::Range;

use super::error::PlanError;
use super::extract::Extraction;
use super::table_plan::TablePlan;
use super::traces::{TraceRow, TraceTables};
use super::{Batch, Field, Table};
use crate::{Payload, Signal};

/// What a plugin wants to see of the requests of one signal, checked and prepared.
#[derive(Debug)]
pub struct Plan {
    signal: Signal,
    keyed: Table,
    /// Whether it is a policy's, which sees whole traces.
    for_policies: bool,
    /// In the order of [`Table`].
    pub(super) tables: Vec<TablePlan>,
}

/// What a [`Plan`] found in a payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Extracted {
    /// What the plugin is called with.
    pub batch: Batch,
    /// For each selected leaf, in order, its row in the keyed table.
    pub row_of_leaf: Vec<u32>,
}

impl Plan {
    /// The most fields that a plan may name.
    pub const MAX_FIELDS: usize = 64;

    /// Checks that `fields` can be had of `signal`, and that `keyed` can be keyed.
    ///
    /// # Errors
    /// Says in words for the plugin's author what cannot be had, or makes no sense.
    pub fn new(signal: Signal, keyed: Table, fields: Vec<Field>) -> Result<Self, PlanError> {
        check_number(&fields)?;
        Self::prepare(signal, keyed, fields, false)
    }

    /// Checks that `fields` can be had of traces that were gathered; see [`extract_traces`](Self::extract_traces).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn for_policy(fields: Vec<Field>) -> Result<Self, PlanError> {
        check_number(&fields)?;
        Self::for_policies(fields)
    }

    /// The same for the fields of several policies, which are as many as they are.
    ///
    /// # Errors
    /// As [`for_policy`](Self::for_policy).
    pub fn for_policies(fields: Vec<Field>) -> Result<Self, PlanError> {
        Self::prepare(Signal::Traces, Table::Traces, fields, true)
    }

    fn prepare(
        signal: Signal,
        keyed: Table,
        fields: Vec<Field>,
        for_policies: bool,
    ) -> Result<Self, PlanError> {
        if matches!(keyed, Table::Events | Table::Links | Table::Exemplars) {
            return Err(PlanError::NotKeyable(keyed));
        }
        let mut wanted: Vec<Table> = fields.iter().map(Field::table).chain([keyed]).collect();
        if let Some(&table) = wanted.iter().find(|table| !table.exists_in(signal)) {
            return Err(PlanError::NoTable { signal, table });
        }
        let mut next = 0;
        while let Some(table) = wanted.get(next) {
            wanted.extend(table.parent(signal));
            next += 1;
        }
        wanted.sort_unstable();
        wanted.dedup();
        let tables = wanted
            .iter()
            .map(|table| TablePlan::new(signal, *table, &wanted, &fields, for_policies))
            .collect::<Result<_, _>>()?;
        Ok(Self { signal, keyed, for_policies, tables })
    }

    /// The signal that the plan is for.
    #[must_use]
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// The table whose rows get keys.
    #[must_use]
    pub fn keyed(&self) -> Table {
        self.keyed
    }

    /// The tables of the selected leaves, with the columns that the plan asks for.
    ///
    /// `payload` must be of the plan's signal. `leaves` are ascending, disjoint ranges of leaf numbers; rows
    /// that lead to none of them are not in the tables. Each message is walked at most once for each
    /// table that has fields of it.
    #[must_use]
    pub fn extract(&self, payload: &Payload, leaves: &[Range<u32>], now_unix_nanos: u64) -> Extracted {
        debug_assert_eq!(payload.signal(), self.signal, "a plan is for one signal");
        debug_assert!(!self.for_policies, "policies see whole traces");
        let mut extraction = Extraction::new(self, payload, leaves);
        let tables = self.tables.iter().map(|table| extraction.rows(table)).collect();
        Extracted {
            batch: Batch { signal: self.signal, now: now_unix_nanos, tables },
            row_of_leaf: extraction.row_of_leaf(self.keyed),
        }
    }

    /// The tables of traces that lie in `payload` one after the other, each with resources and scopes of its own.
    ///
    /// The plan must be one [for policies](Self::for_policies). As the WIT package says for policies, every table
    /// but `traces` comes with the trace of each row, and these ascend. A trace has a row of the requests for each run of
    /// its resources that the payload's metadata has one row for.
    #[must_use]
    pub fn extract_traces(&self, payload: &Payload, traces: &[TraceRow], now_unix_nanos: u64) -> TraceTables {
        debug_assert!(self.for_policies, "only these know what is kept of traces");
        let mut extraction = Extraction::of_traces(payload, traces);
        let tables = self.tables.iter().map(|table| extraction.rows(table)).collect();
        TraceTables::new(Batch { signal: self.signal, now: now_unix_nanos, tables }, traces.len())
    }

    pub(super) fn has(&self, table: Table) -> bool {
        self.tables.iter().any(|plan| plan.table == table)
    }
}

fn check_number(fields: &[Field]) -> Result<(), PlanError> {
    if fields.len() > Plan::MAX_FIELDS { Err(PlanError::TooManyFields(fields.len())) } else { Ok(()) }
}

impl Field {
    /// The table that the field is asked of.
    #[must_use]
    pub fn table(&self) -> Table {
        match self {
            Self::Intrinsic(table, _) | Self::Attribute(table, ..) | Self::Attributes(table) => *table,
            Self::Metadata(_) | Self::Connection => Table::Requests,
        }
    }
}

impl Table {
    fn exists_in(self, signal: Signal) -> bool {
        match self {
            Self::Requests | Self::Resources | Self::Scopes | Self::Items => true,
            Self::Traces | Self::Groups => signal != Signal::Metrics,
            Self::Events | Self::Links => signal == Signal::Traces,
            Self::Points | Self::Exemplars => signal == Signal::Metrics,
        }
    }

    /// The table that this one's parents are rows of.
    fn parent(self, signal: Signal) -> Option<Self> {
        match (self, signal) {
            (Self::Requests | Self::Traces, _) => None,
            (Self::Resources, _) => Some(Self::Requests),
            (Self::Scopes, _) => Some(Self::Resources),
            (Self::Groups | Self::Items, _) => Some(Self::Scopes),
            (Self::Points | Self::Events | Self::Links, _) => Some(Self::Items),
            (Self::Exemplars, _) => Some(Self::Points),
        }
    }
}
