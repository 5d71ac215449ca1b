//! Looking up in lists and maps.

use super::{Row, value};
use crate::compile::node::Index;
use crate::fault::{Fault, FaultKind};
use crate::value::Value;

/// Follows the keys. A map without the key gives nil in a path; what has no keys at all, and an index beyond the
/// end of a list, are errors.
pub(super) fn look_up<'a, R: Row<'a>>(index: &'a Index, row: R) -> Result<Value<'a, R::Nested>, Fault> {
    let mut result = value(&index.base, row)?;
    for key in &index.keys {
        result = match (result, value(&key.node, row)?) {
            (Value::Nil, _) if index.lenient => return Ok(Value::Nil),
            (Value::Map(map), Value::Text(name)) => match map.take(&name) {
                Some(value) => value,
                None if index.lenient => return Ok(Value::Nil),
                None => return Err(FaultKind::NoKeys("the map").at(key.at)),
            },
            (Value::List(list), Value::Int(position)) => {
                let value = usize::try_from(position).ok().and_then(|position| list.take(position));
                value.ok_or(FaultKind::OutOfBounds(position).at(key.at))?
            }
            (other, _) => return Err(FaultKind::NoKeys(other.type_name()).at(key.at)),
        };
    }
    Ok(result)
}
