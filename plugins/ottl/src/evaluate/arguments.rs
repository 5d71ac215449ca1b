//! What a converter is given, evaluated when it asks.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::{Row, value};
use crate::compile::node::{Node, Operand};
use crate::fault::{Fault, FaultKind};
use crate::time::Time;
use crate::value::{List, Map, Value};

/// The arguments of a call, in the order of its parameters.
#[derive(Clone, Copy)]
pub(crate) struct Arguments<'a, R> {
    pub(crate) operands: &'a [Operand],
    pub(crate) row: R,
    pub(crate) at: usize,
}

macro_rules! typed {
    ($($(#[$documentation:meta])* $name:ident: $variant:ident => $of:ty, $wanted:literal;)*) => {$(
        $(#[$documentation])*
        pub(crate) fn $name(self, position: usize) -> Result<$of, Fault> {
            match self.value(position)? {
                Value::$variant(value) => Ok(value),
                other => Err(self.wrong(position, $wanted, &other)),
            }
        }
    )*};
}

impl<'a, R: Row<'a>> Arguments<'a, R> {
    /// Where an argument stands.
    pub(crate) fn at(self, position: usize) -> usize {
        self.operands.get(position).map_or(self.at, |operand| operand.at)
    }

    /// Any value; nil where the argument was left out.
    pub(crate) fn value(self, position: usize) -> Result<Value<'a, R::Nested>, Fault> {
        self.operands.get(position).map_or(Ok(Value::Nil), |operand| value(&operand.node, self.row))
    }

    /// The error for a value of another type.
    pub(crate) fn wrong(self, position: usize, wanted: &'static str, found: &Value<'a, R::Nested>) -> Fault {
        FaultKind::Type { wanted, found: found.type_name() }.at(self.at(position))
    }

    typed! {
        /// Text.
        text: Text => Cow<'a, [u8]>, "text";
        /// A whole number.
        int: Int => i64, "a whole number";
        /// A point in time.
        time: Time => Time, "a time";
        /// Nanoseconds.
        duration: Duration => i64, "a duration";
        /// A list.
        list: List => List<'a, R::Nested>, "a list";
        /// A map.
        map: Map => Map<'a, R::Nested>, "a map";
    }

    /// Text, or what can be written as text; none for nil.
    pub(crate) fn text_like(self, position: usize) -> Result<Option<Cow<'a, [u8]>>, Fault> {
        match self.value(position)? {
            Value::Nil => Ok(None),
            value => value.into_text().map(Some).map_err(|value| self.wrong(position, "text", &value)),
        }
    }

    /// Visits the values of a list, without making one where it stands in the condition.
    pub(crate) fn each<B>(
        self,
        position: usize,
        mut visit: impl FnMut(&Value<'a, R::Nested>) -> ControlFlow<B>,
    ) -> Result<Option<B>, Fault> {
        match self.operands.get(position).map(|operand| &operand.node) {
            Some(Node::List(items)) => {
                for item in items {
                    if let ControlFlow::Break(result) = visit(&value(&item.node, self.row)?) {
                        return Ok(Some(result));
                    }
                }
                Ok(None)
            }
            Some(Node::Constant(crate::compile::constant::Constant::List(items))) => {
                Ok(items.iter().try_for_each(|item| visit(&item.value())).break_value())
            }
            _ => Ok(self.list(position)?.each(visit)),
        }
    }
}
