//! The names of fields, and of which tables they are.

use super::{Field, Table};
use crate::paths::View;

/// Everything that paths of a table can name, for messages and documentation.
#[must_use]
pub fn fields(table: Table) -> &'static [&'static str] {
    match table {
        Table::Resource => &["attributes", "dropped_attributes_count", "schema_url"],
        Table::Scope => &["attributes", "dropped_attributes_count", "name", "schema_url", "version"],
        Table::Span => &[
            "attributes",
            "dropped_attributes_count",
            "dropped_events_count",
            "dropped_links_count",
            "end_time",
            "end_time_unix_nano",
            "events",
            "flags",
            "kind",
            "kind.deprecated_string",
            "kind.string",
            "links",
            "name",
            "parent_span_id",
            "parent_span_id.string",
            "span_id",
            "span_id.string",
            "start_time",
            "start_time_unix_nano",
            "status",
            "status.code",
            "status.message",
            "trace_id",
            "trace_id.string",
            "trace_state",
        ],
        Table::Event => {
            &["attributes", "dropped_attributes_count", "event_index", "name", "time", "time_unix_nano"]
        }
    }
}

/// The field of a name, and how its value is looked at.
pub(super) fn field(table: Table, name: &str) -> Option<(Field, View)> {
    Some(match (table, name) {
        (table, "dropped_attributes_count") => (Field::DroppedAttributes(table), View::Plain),
        (Table::Resource | Table::Scope, "schema_url") => (Field::SchemaUrl(table), View::Plain),
        (Table::Scope | Table::Span | Table::Event, "name") => (Field::Name(table), View::Plain),
        (Table::Scope, "version") => (Field::Version, View::Plain),
        (Table::Event, "time") => (Field::EventTime, View::Time),
        (Table::Event, "time_unix_nano") => (Field::EventTime, View::Plain),
        (Table::Event, "event_index") => (Field::EventIndex, View::Plain),
        (Table::Span, name) => return of_span(name),
        _ => return None,
    })
}

fn of_span(name: &str) -> Option<(Field, View)> {
    Some(match name {
        "trace_id" => (Field::TraceId, View::Plain),
        "trace_id.string" => (Field::TraceId, View::Text),
        "span_id" => (Field::SpanId, View::Plain),
        "span_id.string" => (Field::SpanId, View::Text),
        "parent_span_id" => (Field::ParentSpanId, View::Plain),
        "parent_span_id.string" => (Field::ParentSpanId, View::Text),
        "trace_state" => (Field::TraceState, View::Plain),
        "kind" => (Field::Kind, View::Plain),
        "kind.string" => (Field::Kind, View::KindName),
        "kind.deprecated_string" => (Field::Kind, View::KindConstant),
        "start_time" => (Field::StartTime, View::Time),
        "start_time_unix_nano" => (Field::StartTime, View::Plain),
        "end_time" => (Field::EndTime, View::Time),
        "end_time_unix_nano" => (Field::EndTime, View::Plain),
        // There is one whatever it says.
        "status" => (Field::StatusCode, View::Status),
        "status.code" => (Field::StatusCode, View::Plain),
        "status.message" => (Field::StatusMessage, View::Plain),
        "flags" => (Field::Flags, View::Plain),
        "dropped_events_count" => (Field::DroppedEvents, View::Plain),
        "dropped_links_count" => (Field::DroppedLinks, View::Plain),
        "events" => (Field::Events, View::Plain),
        "links" => (Field::Links, View::Plain),
        _ => return None,
    })
}
