//! Values that are the same for every row.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::evaluate::Row;
use crate::syntax::Literal;
use crate::time::Time;
use crate::value::{List, Map, Nested, Value};

/// A value that a condition owns.
#[derive(Clone, Debug)]
pub(crate) enum Constant {
    Nil,
    Boolean(bool),
    Int(i64),
    Double(f64),
    Text(Box<[u8]>),
    Bytes(Box<[u8]>),
    TraceId([u8; 16]),
    SpanId([u8; 8]),
    Time(Time),
    Duration(i64),
    List(Vec<Constant>),
    Map(Vec<(Box<[u8]>, Constant)>),
}

impl Constant {
    /// The value, borrowed.
    #[inline]
    pub(crate) fn value<'a, N>(&'a self) -> Value<'a, N> {
        match self {
            Self::Nil => Value::Nil,
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
            Self::Bytes(bytes) => Value::Bytes(Cow::Borrowed(bytes)),
            Self::TraceId(id) => Value::TraceId(*id),
            Self::SpanId(id) => Value::SpanId(*id),
            Self::Time(time) => Value::Time(*time),
            Self::Duration(nanos) => Value::Duration(*nanos),
            Self::List(values) => Value::List(List::Made(values.iter().map(Self::value).collect())),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (Cow::Borrowed(&**key), value.value()));
                Value::Map(Map::Made(entries.collect()))
            }
        }
    }

    /// Keeps a value that was calculated without a row; none of what only rows have.
    pub(crate) fn keep(value: &Value<'_, NoTelemetry>) -> Option<Self> {
        Some(match value {
            Value::Nil => Self::Nil,
            Value::Boolean(value) => Self::Boolean(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Double(value) => Self::Double(*value),
            Value::Text(text) => Self::Text(text.as_ref().into()),
            Value::Bytes(bytes) => Self::Bytes(bytes.as_ref().into()),
            Value::TraceId(id) => Self::TraceId(*id),
            Value::SpanId(id) => Self::SpanId(*id),
            Value::Time(time) => Self::Time(*time),
            Value::Duration(nanos) => Self::Duration(*nanos),
            Value::List(list) => {
                let mut values = Vec::new();
                let lost = list.each(|value| keep_in(&mut values, Self::keep(value)));
                lost.is_none().then_some(Self::List(values))?
            }
            Value::Map(map) => {
                let mut entries = Vec::new();
                let lost = map.each(|key, value| {
                    keep_in(&mut entries, Self::keep(value).map(|value| (Box::from(key.as_ref()), value)))
                });
                lost.is_none().then_some(Self::Map(entries))?
            }
            Value::Events(_) | Value::Links(_) | Value::Status => return None,
        })
    }
}

fn keep_in<T>(kept: &mut Vec<T>, item: Option<T>) -> ControlFlow<()> {
    match item {
        Some(item) => {
            kept.push(item);
            ControlFlow::Continue(())
        }
        None => ControlFlow::Break(()),
    }
}

impl From<&Literal> for Constant {
    fn from(literal: &Literal) -> Self {
        match literal {
            Literal::Nil => Self::Nil,
            Literal::Boolean(value) => Self::Boolean(*value),
            Literal::Int(value) => Self::Int(*value),
            Literal::Double(value) => Self::Double(*value),
            Literal::Text(text) => Self::Text(text.as_bytes().into()),
            Literal::Bytes(bytes) => Self::Bytes(bytes.as_slice().into()),
        }
    }
}

/// The lists and maps of no row: there are none.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NoTelemetry {}

impl<'a> Nested<'a> for NoTelemetry {
    fn entries(self) -> impl Iterator<Item = (&'a [u8], Value<'a, Self>)> {
        std::iter::empty()
    }
}

/// What constants are calculated with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoRow;

impl<'a> Row<'a> for NoRow {
    type Nested = NoTelemetry;

    fn get(self, _: usize) -> Value<'a, NoTelemetry> {
        Value::Nil
    }

    fn trace_state(self, _: usize, _: &[u8]) -> Value<'a, NoTelemetry> {
        Value::Nil
    }

    fn now(self) -> u64 {
        0
    }
}
