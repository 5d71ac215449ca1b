use http::HeaderName;

use super::builder::{Shape, Source};
use super::error::PlanError;
use super::layout::{DataKind, Layout, of_data, of_table};
use super::row::Wanted;
use super::walk::Walk;
use super::{Field, Intrinsic, Table};
use crate::Signal;

/// What a plan wants of one table.
#[derive(Debug)]
pub(super) struct TablePlan {
    pub(super) table: Table,
    /// In the order in which the plan names them.
    pub(super) columns: Vec<ColumnPlan>,
    pub(super) wanted: Wanted,
    /// Over each row's message.
    pub(super) walk: Walk,
    /// Over what depends on the kind of a metric's data, in the order of [`DataKind::ALL`].
    pub(super) data_walks: Vec<Walk>,
}

/// How a column is made.
#[derive(Debug)]
pub(super) enum ColumnPlan {
    /// By a walk over the rows' messages.
    Walked(Source),
    /// From what is known without one.
    Known(Known),
}

/// What is known of rows without a look at their messages.
#[derive(Clone, Debug)]
pub(super) enum Known {
    TraceId,
    ByteSize,
    SpanCount,
    MetricType,
    Header(HeaderName),
    Connection,
    /// When the first item of a trace came.
    Received,
    /// Why a trace is decided now.
    Trigger,
}

impl TablePlan {
    /// What `fields` want of `table`; `tables` are all that the plan has.
    pub(super) fn new(
        signal: Signal,
        table: Table,
        tables: &[Table],
        fields: &[Field],
        for_policies: bool,
    ) -> Result<Self, PlanError> {
        let layouts = Layouts { signal, table, for_policies };
        let mut wanted = Wanted::default();
        let columns = fields
            .iter()
            .filter(|field| field.table() == table)
            .map(|field| layouts.column(field, &mut wanted))
            .collect::<Result<_, _>>()?;
        let children = layouts.all().flat_map(|layout| layout.children).map(|(_, child)| *child);
        // Traces and groups look like their first items, but events and links are parts of all items.
        let is_derived = matches!(table, Table::Traces | Table::Groups);
        wanted.children = children.filter(|child| !is_derived && tables.contains(child)).collect();
        wanted.children.sort_unstable();
        wanted.children.dedup();
        Ok(Self {
            table,
            columns,
            walk: Walk::new(of_table(signal, table), &wanted),
            data_walks: layouts.of_data().map(|layout| Walk::new(layout, &wanted)).collect(),
            wanted,
        })
    }

    /// Whether the rows' messages have to be looked at.
    pub(super) fn needs_walk(&self) -> bool {
        !self.walk.is_empty() || self.data_walks.iter().any(|walk| !walk.is_empty())
    }
}

/// The messages that rows of a table are read from.
#[derive(Clone, Copy)]
struct Layouts {
    signal: Signal,
    table: Table,
    for_policies: bool,
}

impl Layouts {
    fn of_data(self) -> impl Iterator<Item = &'static Layout> {
        DataKind::ALL.into_iter().map(move |kind| of_data(self.signal, self.table, kind))
    }

    fn all(self) -> impl Iterator<Item = &'static Layout> {
        self.of_data().chain([of_table(self.signal, self.table)])
    }

    /// How to make the column of a field.
    fn column(self, field: &Field, wanted: &mut Wanted) -> Result<ColumnPlan, PlanError> {
        let Self { signal, table, .. } = self;
        let walked = match field {
            Field::Intrinsic(_, field) => return self.intrinsic(*field, wanted),
            Field::Metadata(name) => return header(name).map(ColumnPlan::Known),
            Field::Connection => return Ok(ColumnPlan::Known(Known::Connection)),
            Field::Attribute(..) | Field::Attributes(_) if !self.all().any(Layout::has_attributes) => {
                return Err(PlanError::NoAttributes { signal, table });
            }
            Field::Attribute(_, key, value_type) => Source::Attribute(wanted.key(key), *value_type),
            Field::Attributes(_) => {
                wanted.all_attributes = true;
                Source::AllAttributes
            }
        };
        Ok(ColumnPlan::Walked(walked))
    }

    fn intrinsic(self, field: Intrinsic, wanted: &mut Wanted) -> Result<ColumnPlan, PlanError> {
        let Self { signal, table, .. } = self;
        if matches!(field, Intrinsic::Received | Intrinsic::Trigger) && !self.for_policies {
            return Err(PlanError::OnlyForPolicies(field));
        }
        if let Some(known) = self.known(field) {
            return Ok(ColumnPlan::Known(known));
        }
        if !self.all().any(|layout| layout.has(field)) {
            return Err(PlanError::NoField { signal, table, field });
        }
        Ok(ColumnPlan::Walked(Source::Intrinsic(wanted.intrinsic(field), Shape::of(field))))
    }

    fn known(self, field: Intrinsic) -> Option<Known> {
        match (field, self.table, self.signal) {
            (Intrinsic::TraceId, Table::Traces | Table::Groups, _)
            | (Intrinsic::TraceId, Table::Items, Signal::Traces | Signal::Logs) => Some(Known::TraceId),
            (Intrinsic::ByteSize, Table::Items | Table::Points | Table::Traces, _) => Some(Known::ByteSize),
            (Intrinsic::SpanCount, Table::Traces, _) => Some(Known::SpanCount),
            (Intrinsic::Type, Table::Items, Signal::Metrics) => Some(Known::MetricType),
            (Intrinsic::Received, Table::Traces, _) => Some(Known::Received),
            (Intrinsic::Trigger, Table::Traces, _) => Some(Known::Trigger),
            _ => None,
        }
    }
}

fn header(name: &str) -> Result<Known, PlanError> {
    HeaderName::from_lowercase(name.as_bytes())
        .map(Known::Header)
        .map_err(|_| PlanError::HeaderName(name.to_owned()))
}
