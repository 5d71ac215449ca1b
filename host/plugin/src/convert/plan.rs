//! What a plugin asks for.

use sluice_otlp::columns;

use crate::bindings::sluice::plugin::columns as wit;

pub(crate) fn table(table: wit::Table) -> columns::Table {
    match table {
        wit::Table::Requests => columns::Table::Requests,
        wit::Table::Resources => columns::Table::Resources,
        wit::Table::Scopes => columns::Table::Scopes,
        wit::Table::Traces => columns::Table::Traces,
        wit::Table::Groups => columns::Table::Groups,
        wit::Table::Items => columns::Table::Items,
        wit::Table::Points => columns::Table::Points,
        wit::Table::Events => columns::Table::Events,
        wit::Table::Links => columns::Table::Links,
        wit::Table::Exemplars => columns::Table::Exemplars,
    }
}

pub(crate) fn field(field: wit::Field) -> columns::Field {
    match field {
        wit::Field::Intrinsic(of) => columns::Field::Intrinsic(table(of.table), intrinsic(of.intrinsic)),
        wit::Field::Attribute(of) => {
            columns::Field::Attribute(table(of.table), of.key, value_type(of.value_type))
        }
        wit::Field::Attributes(of) => columns::Field::Attributes(table(of)),
        wit::Field::Metadata(header) => columns::Field::Metadata(header),
        wit::Field::Connection => columns::Field::Connection,
    }
}

fn value_type(value_type: wit::ValueType) -> columns::ValueType {
    match value_type {
        wit::ValueType::Text => columns::ValueType::Text,
        wit::ValueType::Int => columns::ValueType::Int,
        wit::ValueType::Double => columns::ValueType::Double,
        wit::ValueType::Boolean => columns::ValueType::Boolean,
        wit::ValueType::Any => columns::ValueType::Any,
    }
}

fn intrinsic(intrinsic: wit::Intrinsic) -> columns::Intrinsic {
    match intrinsic {
        wit::Intrinsic::TraceId => columns::Intrinsic::TraceId,
        wit::Intrinsic::SpanId => columns::Intrinsic::SpanId,
        wit::Intrinsic::ParentSpanId => columns::Intrinsic::ParentSpanId,
        wit::Intrinsic::Name => columns::Intrinsic::Name,
        wit::Intrinsic::Version => columns::Intrinsic::Version,
        wit::Intrinsic::SchemaUrl => columns::Intrinsic::SchemaUrl,
        wit::Intrinsic::Kind => columns::Intrinsic::Kind,
        wit::Intrinsic::StatusCode => columns::Intrinsic::StatusCode,
        wit::Intrinsic::StatusMessage => columns::Intrinsic::StatusMessage,
        wit::Intrinsic::Start => columns::Intrinsic::Start,
        wit::Intrinsic::End => columns::Intrinsic::End,
        wit::Intrinsic::Time => columns::Intrinsic::Time,
        wit::Intrinsic::ObservedTime => columns::Intrinsic::ObservedTime,
        wit::Intrinsic::Flags => columns::Intrinsic::Flags,
        wit::Intrinsic::Tracestate => columns::Intrinsic::Tracestate,
        wit::Intrinsic::SeverityNumber => columns::Intrinsic::SeverityNumber,
        wit::Intrinsic::SeverityText => columns::Intrinsic::SeverityText,
        wit::Intrinsic::Body => columns::Intrinsic::Body,
        wit::Intrinsic::Unit => columns::Intrinsic::Unit,
        wit::Intrinsic::Type => columns::Intrinsic::Type,
        wit::Intrinsic::Temporality => columns::Intrinsic::Temporality,
        wit::Intrinsic::Monotonic => columns::Intrinsic::Monotonic,
        wit::Intrinsic::Value => columns::Intrinsic::Value,
        wit::Intrinsic::DroppedCount => columns::Intrinsic::DroppedCount,
        wit::Intrinsic::SpanCount => columns::Intrinsic::SpanCount,
        wit::Intrinsic::ByteSize => columns::Intrinsic::ByteSize,
        wit::Intrinsic::Received => columns::Intrinsic::Received,
        wit::Intrinsic::Trigger => columns::Intrinsic::Trigger,
        wit::Intrinsic::DroppedEventsCount => columns::Intrinsic::DroppedEventsCount,
        wit::Intrinsic::DroppedLinksCount => columns::Intrinsic::DroppedLinksCount,
    }
}
