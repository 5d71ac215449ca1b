//! Calculations: whole numbers wrap around, and mixed with others become floating-point, as in Go.

use crate::fault::FaultKind;
use crate::syntax::Operator;
use crate::value::Value;

/// Calculates with two values.
pub(super) fn calculate<'a, N>(
    operator: Operator,
    left: &Value<'_, N>,
    right: &Value<'_, N>,
) -> Result<Value<'a, N>, FaultKind> {
    use Operator::{Add, Subtract};
    match (left, operator, right) {
        (Value::Int(left), _, Value::Int(right)) => ints(operator, *left, *right).map(Value::Int),
        (Value::Int(left), _, Value::Double(right)) => {
            doubles(operator, *left as f64, *right).map(Value::Double)
        }
        (Value::Double(left), _, Value::Int(right)) => {
            doubles(operator, *left, *right as f64).map(Value::Double)
        }
        (Value::Double(left), _, Value::Double(right)) => doubles(operator, *left, *right).map(Value::Double),
        (Value::Time(time), Add, Value::Duration(nanos))
        | (Value::Duration(nanos), Add, Value::Time(time)) => Ok(Value::Time(time.plus(*nanos))),
        (Value::Time(time), Subtract, Value::Duration(nanos)) => {
            Ok(Value::Time(time.plus(nanos.saturating_neg())))
        }
        (Value::Time(left), Subtract, Value::Time(right)) => {
            Ok(Value::Duration(left.nanos.saturating_sub(right.nanos)))
        }
        (Value::Duration(left), Add, Value::Duration(right)) => {
            Ok(Value::Duration(left.wrapping_add(*right)))
        }
        (Value::Duration(left), Subtract, Value::Duration(right)) => {
            Ok(Value::Duration(left.wrapping_sub(*right)))
        }
        _ => Err(FaultKind::Calculation { left: left.type_name(), right: right.type_name() }),
    }
}

fn ints(operator: Operator, left: i64, right: i64) -> Result<i64, FaultKind> {
    Ok(match operator {
        Operator::Add => left.wrapping_add(right),
        Operator::Subtract => left.wrapping_sub(right),
        Operator::Multiply => left.wrapping_mul(right),
        Operator::Divide if right == 0 => return Err(FaultKind::DivisionByZero),
        Operator::Divide => left.wrapping_div(right),
    })
}

fn doubles(operator: Operator, left: f64, right: f64) -> Result<f64, FaultKind> {
    Ok(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide if right == 0.0 => return Err(FaultKind::DivisionByZero),
        Operator::Divide => left / right,
    })
}

/// The opposite number.
pub(super) fn negate<'a, N>(value: &Value<'_, N>) -> Result<Value<'a, N>, FaultKind> {
    match value {
        Value::Int(value) => Ok(Value::Int(value.wrapping_neg())),
        Value::Double(value) => Ok(Value::Double(-value)),
        other => Err(FaultKind::Type { wanted: "a number", found: other.type_name() }),
    }
}
