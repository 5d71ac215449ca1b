//! A span, or an event of one, as a condition sees it.

use std::borrow::Cow;
use std::str::from_utf8;

use sluice_ottl::{Map, Row as OttlRow, Value};
use sluice_sdk::policy::WholeTrace;
use sluice_sdk::table::{Events, Items, Table, Within};
use sluice_sdk::{Row, tracestate};

use crate::columns::{Column, Source};
use crate::nested::{Encoded, value_of};

/// What conditions are evaluated for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) sources: &'a [Source],
    pub(crate) now: u64,
    pub(crate) span: Row<'a, WholeTrace, Items>,
    /// How many events the span has, where they are counted.
    pub(crate) events: u64,
    /// How many links the span has, where they are counted.
    pub(crate) links: u64,
    /// The event, and which of its span's it is.
    pub(crate) event: Option<(Row<'a, WholeTrace, Events>, i64)>,
}

impl<'a> OttlRow<'a> for Subject<'a> {
    type Nested = Encoded<'a>;

    #[inline]
    fn get(self, position: usize) -> Value<'a, Encoded<'a>> {
        match self.sources.get(position) {
            Some(Source::Span(column)) => read(self.span, *column),
            Some(Source::Resource(column)) => read(self.span, *column),
            Some(Source::Scope(column)) => read(self.span, *column),
            Some(Source::Event(column)) => self.event.map_or(Value::Nil, |(event, _)| read(event, *column)),
            Some(Source::Events) => Value::Events(self.events),
            Some(Source::Links) => Value::Links(self.links),
            Some(Source::EventIndex) => self.event.map_or(Value::Nil, |(_, index)| Value::Int(index)),
            None => Value::Nil,
        }
    }

    fn trace_state(self, position: usize, key: &[u8]) -> Value<'a, Encoded<'a>> {
        let Some(Source::Span(Column::Text(column))) = self.sources.get(position) else { return Value::Nil };
        let state = self.span.get(*column).and_then(|state| from_utf8(state).ok());
        let (Some(state), Ok(key)) = (state, from_utf8(key)) else { return Value::Nil };
        tracestate::look_up(state, key).map_or(Value::Nil, |value| Value::text(value.unwrap_or_default()))
    }

    fn now(self) -> u64 {
        self.now
    }
}

/// The value of a column for a row, or for its ancestor in the column's table.
#[inline]
fn read<'a, R: Table + Within<T>, T: Table>(
    row: Row<'a, WholeTrace, R>,
    column: Column<T>,
) -> Value<'a, Encoded<'a>> {
    match column {
        Column::Any(field) => row.get(field).map_or(Value::Nil, value_of),
        Column::Attributes(field) => {
            row.get(field).map_or(Value::Nil, |attributes| Value::Map(Map::Encoded(Encoded::Map(attributes))))
        }
        Column::Text(field) => Value::Text(Cow::Borrowed(row.get(field).unwrap_or_default())),
        Column::Number(field) => Value::Int(row.get(field).unwrap_or_default().into()),
        // Beyond 2262 it wraps around, as in the Collector.
        Column::Large(field) => Value::Int(row.get(field).unwrap_or_default().cast_signed()),
        Column::TraceId(field) => Value::TraceId(row.get(field).copied().unwrap_or_default()),
        Column::SpanId(field) => Value::SpanId(row.get(field).copied().unwrap_or_default()),
    }
}
