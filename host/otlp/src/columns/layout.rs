//! Where in OTLP's messages the fields are that a plugin can ask for.
//!
//! Source: opentelemetry-proto 1.11, the numbers of its `.proto` files.

use super::{Intrinsic, Table};
use crate::Signal;

/// The fields of one kind of message.
pub(super) struct Layout {
    /// Fields with one value; where the wire has several, the last counts.
    pub(super) singular: &'static [(u32, Intrinsic, Read)],
    /// The number of the attributes.
    pub(super) attributes: Option<u32>,
    /// Messages whose fields count as this one's.
    pub(super) nested: &'static [(u32, &'static Self)],
    /// Messages that are rows of a table of their own.
    pub(super) children: &'static [(u32, Table)],
    /// A number that is 0 where it is not on the wire, and not absent.
    pub(super) implicit: Option<Intrinsic>,
}

/// What a field's value is on the wire, and how it becomes a cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    /// Text, bytes, or a message.
    Bytes,
    /// A varint.
    Varint,
    /// Four bytes.
    Fixed32,
    /// Eight bytes: a time, or the bits of a double.
    Fixed64,
    /// Eight bytes: a signed integer, wanted as a double.
    IntegerAsDouble,
}

/// What kind of data a metric has; the value is the number of its field in `Metric`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DataKind {
    Gauge = 5,
    Sum = 7,
    Histogram = 9,
    ExponentialHistogram = 10,
    Summary = 11,
}

impl DataKind {
    pub(super) const ALL: [Self; 5] =
        [Self::Gauge, Self::Sum, Self::Histogram, Self::ExponentialHistogram, Self::Summary];

    pub(super) fn of_field(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u32 == number)
    }

    /// Position in [`ALL`](Self::ALL).
    pub(super) fn position(self) -> usize {
        match self {
            Self::Gauge => 0,
            Self::Sum => 1,
            Self::Histogram => 2,
            Self::ExponentialHistogram => 3,
            Self::Summary => 4,
        }
    }

    /// What the field `type` reads as; see the WIT package.
    pub(super) fn number(self) -> u8 {
        self.position() as u8 + 1
    }
}

impl Layout {
    pub(super) fn has(&self, intrinsic: Intrinsic) -> bool {
        self.singular.iter().any(|(_, field, _)| *field == intrinsic)
            || self.nested.iter().any(|(_, nested)| nested.has(intrinsic))
    }

    pub(super) fn has_attributes(&self) -> bool {
        self.attributes.is_some() || self.nested.iter().any(|(_, nested)| nested.has_attributes())
    }
}

/// The message that is a row of `table`, apart from what depends on a metric's data.
pub(super) fn of_table(signal: Signal, table: Table) -> &'static Layout {
    match (table, signal) {
        (Table::Resources, _) => &RESOURCE_CONTAINER,
        (Table::Scopes, _) => &SCOPE_CONTAINER,
        (Table::Items | Table::Traces | Table::Groups, Signal::Traces) => &SPAN,
        (Table::Items | Table::Traces | Table::Groups, Signal::Logs) => &LOG_RECORD,
        (Table::Items, Signal::Metrics) => &METRIC,
        (Table::Events, _) => &EVENT,
        (Table::Links, _) => &LINK,
        (Table::Exemplars, _) => &EXEMPLAR,
        (Table::Requests | Table::Points | Table::Traces | Table::Groups, _) => &NONE,
    }
}

/// What a row of `table` has beside that, in a metric with this kind of data.
pub(super) fn of_data(signal: Signal, table: Table, kind: DataKind) -> &'static Layout {
    match (signal, table, kind) {
        (Signal::Metrics, Table::Items, DataKind::Sum) => &SUM,
        (Signal::Metrics, Table::Items, DataKind::Histogram | DataKind::ExponentialHistogram) => &HISTOGRAM,
        (Signal::Metrics, Table::Points, DataKind::Gauge | DataKind::Sum) => &NUMBER_POINT,
        (Signal::Metrics, Table::Points, DataKind::Histogram) => &HISTOGRAM_POINT,
        (Signal::Metrics, Table::Points, DataKind::ExponentialHistogram) => &EXPONENTIAL_HISTOGRAM_POINT,
        (Signal::Metrics, Table::Points, DataKind::Summary) => &SUMMARY_POINT,
        _ => &NONE,
    }
}

static NONE: Layout = Layout { singular: &[], attributes: None, nested: &[], children: &[], implicit: None };

static RESOURCE_CONTAINER: Layout =
    Layout { singular: &[(3, Intrinsic::SchemaUrl, Read::Bytes)], nested: &[(1, &RESOURCE)], ..NONE };

static RESOURCE: Layout =
    Layout { singular: &[(2, Intrinsic::DroppedCount, Read::Varint)], attributes: Some(1), ..NONE };

static SCOPE_CONTAINER: Layout =
    Layout { singular: &[(3, Intrinsic::SchemaUrl, Read::Bytes)], nested: &[(1, &SCOPE)], ..NONE };

static SCOPE: Layout = Layout {
    singular: &[
        (1, Intrinsic::Name, Read::Bytes),
        (2, Intrinsic::Version, Read::Bytes),
        (4, Intrinsic::DroppedCount, Read::Varint),
    ],
    attributes: Some(3),
    ..NONE
};

static SPAN: Layout = Layout {
    singular: &[
        (2, Intrinsic::SpanId, Read::Bytes),
        (3, Intrinsic::Tracestate, Read::Bytes),
        (4, Intrinsic::ParentSpanId, Read::Bytes),
        (5, Intrinsic::Name, Read::Bytes),
        (6, Intrinsic::Kind, Read::Varint),
        (7, Intrinsic::Start, Read::Fixed64),
        (8, Intrinsic::End, Read::Fixed64),
        (10, Intrinsic::DroppedCount, Read::Varint),
        (12, Intrinsic::DroppedEventsCount, Read::Varint),
        (14, Intrinsic::DroppedLinksCount, Read::Varint),
        (16, Intrinsic::Flags, Read::Fixed32),
    ],
    attributes: Some(9),
    nested: &[(15, &STATUS)],
    children: &[(11, Table::Events), (13, Table::Links)],
    ..NONE
};

static STATUS: Layout = Layout {
    singular: &[(2, Intrinsic::StatusMessage, Read::Bytes), (3, Intrinsic::StatusCode, Read::Varint)],
    ..NONE
};

static EVENT: Layout = Layout {
    singular: &[
        (1, Intrinsic::Time, Read::Fixed64),
        (2, Intrinsic::Name, Read::Bytes),
        (4, Intrinsic::DroppedCount, Read::Varint),
    ],
    attributes: Some(3),
    ..NONE
};

static LINK: Layout = Layout {
    singular: &[
        (1, Intrinsic::TraceId, Read::Bytes),
        (2, Intrinsic::SpanId, Read::Bytes),
        (3, Intrinsic::Tracestate, Read::Bytes),
        (5, Intrinsic::DroppedCount, Read::Varint),
        (6, Intrinsic::Flags, Read::Fixed32),
    ],
    attributes: Some(4),
    ..NONE
};

static LOG_RECORD: Layout = Layout {
    singular: &[
        (1, Intrinsic::Time, Read::Fixed64),
        (2, Intrinsic::SeverityNumber, Read::Varint),
        (3, Intrinsic::SeverityText, Read::Bytes),
        (5, Intrinsic::Body, Read::Bytes),
        (7, Intrinsic::DroppedCount, Read::Varint),
        (8, Intrinsic::Flags, Read::Fixed32),
        (10, Intrinsic::SpanId, Read::Bytes),
        (11, Intrinsic::ObservedTime, Read::Fixed64),
        (12, Intrinsic::Name, Read::Bytes),
    ],
    attributes: Some(6),
    ..NONE
};

static METRIC: Layout =
    Layout { singular: &[(1, Intrinsic::Name, Read::Bytes), (3, Intrinsic::Unit, Read::Bytes)], ..NONE };

static SUM: Layout = Layout {
    singular: &[(2, Intrinsic::Temporality, Read::Varint), (3, Intrinsic::Monotonic, Read::Varint)],
    ..NONE
};

static HISTOGRAM: Layout = Layout { singular: &[(2, Intrinsic::Temporality, Read::Varint)], ..NONE };

static NUMBER_POINT: Layout = Layout {
    singular: &[
        (2, Intrinsic::Start, Read::Fixed64),
        (3, Intrinsic::Time, Read::Fixed64),
        (4, Intrinsic::Value, Read::Fixed64),
        (6, Intrinsic::Value, Read::IntegerAsDouble),
        (8, Intrinsic::Flags, Read::Varint),
    ],
    attributes: Some(7),
    children: &[(5, Table::Exemplars)],
    ..NONE
};

static HISTOGRAM_POINT: Layout = Layout {
    singular: &[
        (2, Intrinsic::Start, Read::Fixed64),
        (3, Intrinsic::Time, Read::Fixed64),
        (5, Intrinsic::Value, Read::Fixed64),
        (10, Intrinsic::Flags, Read::Varint),
    ],
    attributes: Some(9),
    children: &[(8, Table::Exemplars)],
    ..NONE
};

static EXPONENTIAL_HISTOGRAM_POINT: Layout =
    Layout { attributes: Some(1), children: &[(11, Table::Exemplars)], ..HISTOGRAM_POINT };

static SUMMARY_POINT: Layout = Layout {
    singular: &[
        (2, Intrinsic::Start, Read::Fixed64),
        (3, Intrinsic::Time, Read::Fixed64),
        (5, Intrinsic::Value, Read::Fixed64),
        (8, Intrinsic::Flags, Read::Varint),
    ],
    attributes: Some(7),
    implicit: Some(Intrinsic::Value),
    ..NONE
};

static EXEMPLAR: Layout = Layout {
    singular: &[
        (2, Intrinsic::Time, Read::Fixed64),
        (3, Intrinsic::Value, Read::Fixed64),
        (4, Intrinsic::SpanId, Read::Bytes),
        (5, Intrinsic::TraceId, Read::Bytes),
        (6, Intrinsic::Value, Read::IntegerAsDouble),
    ],
    attributes: Some(7),
    ..NONE
};
