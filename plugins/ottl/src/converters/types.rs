//! Converters that ask what a value is.

use super::Function;
use crate::fault::Fault;
use crate::value::{Nested, Value};

pub(super) fn is<'a, N: Nested<'a>>(function: Function, value: &Value<'a, N>) -> Result<Value<'a, N>, Fault> {
    Ok(Value::Boolean(match function {
        Function::IsBool => matches!(value, Value::Boolean(_)),
        Function::IsDouble => matches!(value, Value::Double(_)),
        Function::IsInt => matches!(value, Value::Int(_)),
        Function::IsList => matches!(value, Value::List(_) | Value::Events(_) | Value::Links(_)),
        Function::IsMap => matches!(value, Value::Map(_)),
        Function::IsString => matches!(value, Value::Text(_)),
        _ => is_empty(value),
    }))
}

fn is_empty<'a, N: Nested<'a>>(value: &Value<'a, N>) -> bool {
    match value {
        Value::Nil => true,
        Value::Boolean(value) => !value,
        Value::Int(value) | Value::Duration(value) => *value == 0,
        Value::Double(value) => *value == 0.0,
        Value::Text(bytes) | Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Events(count) | Value::Links(count) => *count == 0,
        Value::TraceId(_) | Value::SpanId(_) => is_zero(value),
        Value::Time(_) | Value::Status => false,
    }
}

/// Whether an id is none.
pub(super) fn is_zero<N>(value: &Value<'_, N>) -> bool {
    match value {
        Value::TraceId(id) => *id == [0; 16],
        Value::SpanId(id) => *id == [0; 8],
        _ => false,
    }
}
