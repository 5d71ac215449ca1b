//! Evaluates conditions for a row.
//!
//! A condition is a tree of bounded depth without loops: each of its nodes is looked at at most once a row, and
//! takes time linear in what it looks at.

mod arguments;
mod arithmetic;
mod index;
mod views;

use std::borrow::Cow;

pub(crate) use arguments::Arguments;

use crate::compile::constant::Constant;
use crate::compile::node::{Node, Operand, Test};
use crate::converters;
use crate::fault::{Fault, FaultKind};
use crate::paths::View;
use crate::syntax::Comparison;
use crate::value::{List, Map, Nested, Value, compare};

/// What a condition is evaluated for: a span, or an event of one.
pub trait Row<'a>: Copy {
    /// How lists and maps are read.
    type Nested: Nested<'a>;

    /// The value of a reference, by its position in [`References`](crate::References). What a row does not have is
    /// nil; fields that OTLP defines are always there.
    fn get(self, position: usize) -> Value<'a, Self::Nested>;

    /// One entry of the trace state at a position, by its key: text, "" where there is no such entry, and nil where the
    /// trace state breaks W3C's rules.
    fn trace_state(self, position: usize, key: &[u8]) -> Value<'a, Self::Nested>;

    /// The time, in nanoseconds since the Unix epoch.
    fn now(self) -> u64;
}

/// Whether a test holds.
pub(crate) fn test<'a, R: Row<'a>>(test: &'a Test, row: R) -> Result<bool, Fault> {
    match test {
        Test::Constant(value) => Ok(*value),
        Test::Not(test) => self::test(test, row).map(|holds| !holds),
        Test::And(tests) => {
            for test in tests {
                if !self::test(test, row)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Test::Or(tests) => {
            for test in tests {
                if self::test(test, row)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Test::Compare(comparison, left, right) => {
            Ok(compare(*comparison, &value(left, row)?, &value(right, row)?))
        }
        Test::CompareConstant(comparison, left, right) => {
            Ok(compare_constant(*comparison, &value(left, row)?, right))
        }
        Test::Call(Operand { node, at }) => match value(node, row)? {
            Value::Boolean(value) => Ok(value),
            other => Err(FaultKind::Type { wanted: "a boolean", found: other.type_name() }.at(*at)),
        },
    }
}

/// Compares with a value of the condition. What is compared most needs no value made of it.
#[inline]
fn compare_constant<'a, N: Nested<'a>>(
    comparison: Comparison,
    left: &Value<'a, N>,
    right: &'a Constant,
) -> bool {
    match (left, right) {
        (Value::Int(left), Constant::Int(right)) => comparison.holds(Some(left.cmp(right))),
        (Value::Text(left), Constant::Text(right)) => match comparison {
            Comparison::Equal => **left == **right,
            Comparison::NotEqual => **left != **right,
            _ => comparison.holds(Some(left.as_ref().cmp(right))),
        },
        (left, right) => compare(comparison, left, &right.value()),
    }
}

/// The value of a node.
pub(crate) fn value<'a, R: Row<'a>>(node: &'a Node, row: R) -> Result<Value<'a, R::Nested>, Fault> {
    Ok(match node {
        Node::Constant(constant) => constant.value(),
        Node::Field(position, View::Plain) => row.get(*position),
        Node::Field(position, view) => views::look(*view, row.get(*position)),
        Node::TraceState(position, key) => match value(&key.node, row)? {
            Value::Text(key) => row.trace_state(*position, &key),
            other => return Err(FaultKind::Type { wanted: "text", found: other.type_name() }.at(key.at)),
        },
        Node::Index(index) => index::look_up(index, row)?,
        Node::Call(call) => {
            let arguments = Arguments { operands: &call.operands, row, at: call.at };
            converters::call(call.function, &call.prepared, arguments)?
        }
        Node::Arithmetic(first, rest) => {
            let mut result = value(first, row)?;
            for (operator, node, at) in rest {
                let right = value(node, row)?;
                result = arithmetic::calculate(*operator, &result, &right).map_err(|kind| kind.at(*at))?;
            }
            result
        }
        Node::Negative(node, at) => arithmetic::negate(&value(node, row)?).map_err(|kind| kind.at(*at))?,
        Node::List(items) => {
            let items = items.iter().map(|item| value(&item.node, row));
            Value::List(List::Made(items.collect::<Result<_, _>>()?))
        }
        Node::Map(entries) => {
            let entries = entries.iter().map(|(key, node)| Ok((Cow::Borrowed(&**key), value(node, row)?)));
            Value::Map(Map::Made(entries.collect::<Result<_, _>>()?))
        }
    })
}
