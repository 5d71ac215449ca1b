//! How values of the same and of different types are compared: LANGUAGE.md of the Collector's OTTL.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{List, Map, Nested, Value};
use crate::syntax::Comparison;

/// How deep lists and maps are compared. OTLP's own bound is lower.
const MAX_DEPTH: u32 = 100;

/// Compares two values. Those of types that have nothing in common are only ever unequal.
pub(crate) fn compare<'a, N: Nested<'a>>(
    comparison: Comparison,
    left: &Value<'a, N>,
    right: &Value<'a, N>,
) -> bool {
    match (left, right) {
        (Value::Nil, Value::Nil) => comparison.holds(Some(Ordering::Equal)),
        (Value::Boolean(left), Value::Boolean(right)) => comparison.holds(Some(left.cmp(right))),
        (Value::Int(left), Value::Int(right)) => comparison.holds(Some(left.cmp(right))),
        (Value::Int(left), Value::Double(right)) => comparison.holds((*left as f64).partial_cmp(right)),
        (Value::Double(left), Value::Int(right)) => comparison.holds(left.partial_cmp(&(*right as f64))),
        (Value::Double(left), Value::Double(right)) => comparison.holds(left.partial_cmp(right)),
        (Value::Text(left), Value::Text(right)) | (Value::Bytes(left), Value::Bytes(right)) => {
            comparison.holds(Some(left.cmp(right)))
        }
        (Value::Time(left), Value::Time(right)) => comparison.holds(Some(left.nanos.cmp(&right.nanos))),
        (Value::Duration(left), Value::Duration(right)) => comparison.holds(Some(left.cmp(right))),
        _ => match comparison {
            Comparison::Equal => same(left, right, 0),
            Comparison::NotEqual => !same(left, right, 0),
            _ => false,
        },
    }
}

/// Whether two values are of one type and the same: what counts within lists and maps.
fn same<'a, N: Nested<'a>>(left: &Value<'a, N>, right: &Value<'a, N>, depth: u32) -> bool {
    match (left, right) {
        (Value::Nil, Value::Nil) | (Value::Status, Value::Status) => true,
        (Value::Boolean(left), Value::Boolean(right)) => left == right,
        (Value::Int(left), Value::Int(right)) | (Value::Duration(left), Value::Duration(right)) => {
            left == right
        }
        (Value::Double(left), Value::Double(right)) => left == right,
        (Value::Text(left), Value::Text(right)) | (Value::Bytes(left), Value::Bytes(right)) => left == right,
        (Value::TraceId(left), Value::TraceId(right)) => left == right,
        (Value::SpanId(left), Value::SpanId(right)) => left == right,
        (Value::Time(left), Value::Time(right)) => left.nanos == right.nanos,
        (Value::Events(left), Value::Events(right)) | (Value::Links(left), Value::Links(right)) => {
            left == right
        }
        _ if depth == MAX_DEPTH => false,
        (Value::List(left), Value::List(right)) => same_lists(left, right, depth + 1),
        (Value::Map(left), Value::Map(right)) => same_maps(left, right, depth + 1),
        _ => false,
    }
}

fn same_lists<'a, N: Nested<'a>>(left: &List<'a, N>, right: &List<'a, N>, depth: u32) -> bool {
    match (left, right) {
        (List::Made(left), List::Made(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b, depth))
        }
        (List::Made(made), List::Encoded(encoded)) | (List::Encoded(encoded), List::Made(made)) => {
            let mut values = encoded.entries();
            let begins = made.iter().all(|a| values.next().is_some_and(|(_, b)| same(a, &b, depth)));
            begins && values.next().is_none()
        }
        (List::Encoded(left), List::Encoded(right)) => {
            let mut values = right.entries();
            let mut begins = left.entries().map(|(_, value)| value);
            let begins = begins.all(|a| values.next().is_some_and(|(_, b)| same(&a, &b, depth)));
            begins && values.next().is_none()
        }
    }
}

/// The order of keys does not matter.
fn same_maps<'a, N: Nested<'a>>(left: &Map<'a, N>, right: &Map<'a, N>, depth: u32) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut values = BTreeMap::new();
    let _: Option<()> = right.each(|key, value| {
        // Of a key that comes twice the first value counts.
        values.entry(key.clone()).or_insert_with(|| value.clone());
        ControlFlow::Continue(())
    });
    let differs = left.each(|key, value| match values.get(key) {
        Some(other) if same(value, other, depth) => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    });
    differs.is_none()
}
