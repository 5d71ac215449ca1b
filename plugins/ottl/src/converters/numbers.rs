//! Converters to numbers and booleans.

use std::str::from_utf8;

use super::{Function, Given};
use crate::evaluate::{Arguments, Row};
use crate::fault::FaultKind;
use crate::value::Value;

pub(super) fn call<'a, R: Row<'a>>(function: Function, arguments: Arguments<'a, R>) -> Given<'a, R> {
    match function {
        Function::Bool => Ok(boolean(&arguments.value(0)?)),
        Function::Int => int(arguments),
        Function::ParseInt => parse_int(arguments),
        Function::Double => Ok(double(arguments)?.map_or(Value::Nil, Value::Double)),
        _ => match double(arguments)? {
            Some(value) if value > 0.0 => Ok(Value::Double(value.ln())),
            _ => Err(FaultKind::Invalid("a logarithm is of a number above 0").at(arguments.at(0))),
        },
    }
}

fn boolean<'a, N>(value: &Value<'_, N>) -> Value<'a, N> {
    match value {
        Value::Boolean(value) => Value::Boolean(*value),
        Value::Int(value) => Value::Boolean(*value != 0),
        Value::Double(value) => Value::Boolean(*value != 0.0),
        Value::Text(text) => match &**text {
            b"1" | b"t" | b"T" | b"true" | b"TRUE" | b"True" => Value::Boolean(true),
            b"0" | b"f" | b"F" | b"false" | b"FALSE" | b"False" => Value::Boolean(false),
            _ => Value::Nil,
        },
        _ => Value::Nil,
    }
}

fn int<'a, R: Row<'a>>(arguments: Arguments<'a, R>) -> Given<'a, R> {
    Ok(match arguments.value(0)? {
        Value::Nil => Value::Nil,
        Value::Int(value) => Value::Int(value),
        Value::Boolean(value) => Value::Int(value.into()),
        // Towards zero; at most as large as there are bits for.
        Value::Double(value) => Value::Int(value as i64),
        Value::Text(text) => {
            from_utf8(&text).ok().and_then(|text| text.parse().ok()).map_or(Value::Nil, Value::Int)
        }
        other => return Err(arguments.wrong(0, "a number, text or a boolean", &other)),
    })
}

fn double<'a, R: Row<'a>>(arguments: Arguments<'a, R>) -> Result<Option<f64>, crate::Fault> {
    Ok(match arguments.value(0)? {
        Value::Nil => None,
        Value::Int(value) => Some(value as f64),
        Value::Double(value) => Some(value),
        Value::Boolean(value) => Some(f64::from(u8::from(value))),
        Value::Text(text) => from_utf8(&text).ok().and_then(|text| text.parse().ok()),
        other => return Err(arguments.wrong(0, "a number, text or a boolean", &other)),
    })
}

/// Go's `strconv.ParseInt`; base 0 goes by the prefix.
fn parse_int<'a, R: Row<'a>>(arguments: Arguments<'a, R>) -> Given<'a, R> {
    let text = arguments.text(0)?;
    let base = u32::try_from(arguments.int(1)?).ok().filter(|base| matches!(base, 0 | 2..=36));
    let base = base.ok_or(FaultKind::Invalid("a base is 0, or from 2 to 36").at(arguments.at(1)))?;
    let number = from_utf8(&text).ok().and_then(|text| signed(text, base));
    number.map(Value::Int).ok_or(FaultKind::Invalid("this text is no such number").at(arguments.at(0)))
}

fn signed(text: &str, base: u32) -> Option<i64> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (base, digits) = if base == 0 { prefixed(digits)? } else { (base, digits.to_owned()) };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), base).ok()
}

/// The base that a prefix names, and the digits without the underscores that may stand between them.
fn prefixed(digits: &str) -> Option<(u32, String)> {
    let lower = digits.to_ascii_lowercase();
    let (base, rest) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    let misplaced = rest.ends_with('_') || rest.contains("__") || (base == 10 && rest.starts_with('_'));
    (!misplaced).then(|| (base, rest.replace('_', "")))
}
