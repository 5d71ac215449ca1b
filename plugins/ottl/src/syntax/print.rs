//! Conditions as text. Reading it again gives the same tree.

use std::fmt::{self, Display, Formatter};

use super::text;
use super::tree::{Argument, Call, Expression, Literal, Operator, Segment};

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("nil"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Double(value) => double(*value, f),
            Self::Text(value) => f.write_str(&text::quote(value)),
            Self::Bytes(value) => {
                f.write_str("0x")?;
                value.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

/// With a decimal point, which is what tells it from a whole number.
fn double(value: f64, f: &mut Formatter<'_>) -> fmt::Result {
    let shortest = format!("{value:?}");
    match shortest.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => write!(f, "{digits}.0e{exponent}"),
        _ => f.write_str(&shortest),
    }
}

impl Display for Operator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        })
    }
}

impl Display for Segment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        keys(&self.keys, f)
    }
}

impl Display for Argument {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.name.is_empty() {
            write!(f, "{} = ", self.name)?;
        }
        self.value.fmt(f)
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        separated(&self.arguments, ", ", f)?;
        f.write_str(")")?;
        keys(&self.keys, f)
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(literal, _) => literal.fmt(f),
            Self::Enum(name, _) => f.write_str(name),
            Self::Path(segments) => separated(segments, ".", f),
            Self::Call(call) => call.fmt(f),
            Self::List(items, _) => {
                f.write_str("[")?;
                separated(items, ", ", f)?;
                f.write_str("]")
            }
            Self::Map(entries, _) => map(entries, f),
            Self::Arithmetic(first, rest) => {
                operand(first, f)?;
                rest.iter().try_for_each(|(operator, value, _)| {
                    write!(f, " {operator} ")?;
                    operand(value, f)
                })
            }
            Self::Negative(value, _) => {
                f.write_str("-")?;
                operand(value, f)
            }
            Self::Compare(comparison, left, right, _) => write!(f, "{left} {comparison} {right}"),
            Self::Not(condition, _) => {
                f.write_str("not ")?;
                joined(condition, f)
            }
            Self::And(conditions) => join(conditions, " and ", f),
            Self::Or(conditions) => join(conditions, " or ", f),
        }
    }
}

fn keys(keys: &[Expression], f: &mut Formatter<'_>) -> fmt::Result {
    keys.iter().try_for_each(|key| write!(f, "[{key}]"))
}

fn map(entries: &[(String, Expression)], f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str("{")?;
    for (number, (key, value)) in entries.iter().enumerate() {
        let comma = if number == 0 { "" } else { ", " };
        write!(f, "{comma}{}: {value}", text::quote(key))?;
    }
    f.write_str("}")
}

fn separated<T: Display>(items: &[T], separator: &str, f: &mut Formatter<'_>) -> fmt::Result {
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            f.write_str(separator)?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

/// A part of a calculation.
fn operand(value: &Expression, f: &mut Formatter<'_>) -> fmt::Result {
    let signed = match value {
        Expression::Literal(Literal::Int(value), _) => *value < 0,
        Expression::Literal(Literal::Double(value), _) => value.is_sign_negative(),
        _ => false,
    };
    if signed || matches!(value, Expression::Arithmetic(..) | Expression::Negative(..)) {
        write!(f, "({value})")
    } else {
        value.fmt(f)
    }
}

fn join(conditions: &[Expression], word: &str, f: &mut Formatter<'_>) -> fmt::Result {
    for (number, condition) in conditions.iter().enumerate() {
        if number > 0 {
            f.write_str(word)?;
        }
        joined(condition, f)?;
    }
    Ok(())
}

/// A part of a longer condition.
fn joined(condition: &Expression, f: &mut Formatter<'_>) -> fmt::Result {
    if matches!(condition, Expression::And(_) | Expression::Or(_) | Expression::Not(..)) {
        write!(f, "({condition})")
    } else {
        condition.fmt(f)
    }
}
