//! `Format`: what conditions use of Go's `fmt.Sprintf`.

use std::ops::ControlFlow;

use super::Given;
use super::text::{MAX_MADE, TOO_LONG};
use crate::evaluate::{Arguments, Row};
use crate::value::{Nested, Value, append_double};

/// The largest width and precision.
const MAX_WIDTH: usize = 255;

/// A format, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Format {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(Vec<u8>),
    Verb(Verb),
}

#[derive(Clone, Copy, Debug, Default)]
struct Verb {
    letter: u8,
    left: bool,
    zero: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
}

impl Format {
    pub(crate) fn new(format: &[u8]) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = format;
        while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
            parts.push(Part::Text(rest[..at].to_vec()));
            let (part, length) = verb(&rest[at + 1..])?;
            parts.push(part);
            rest = &rest[at + 1 + length..];
        }
        parts.push(Part::Text(rest.to_vec()));
        Ok(Self { parts })
    }
}

/// What follows a percent sign, and its length.
fn verb(text: &[u8]) -> Result<(Part, usize), String> {
    let mut verb = Verb::default();
    let mut position = 0;
    while let Some(flag) = text.get(position).filter(|byte| matches!(byte, b'-' | b'0' | b'+')) {
        match flag {
            b'-' => verb.left = true,
            b'0' => verb.zero = true,
            _ => verb.plus = true,
        }
        position += 1;
    }
    verb.width = number(text, &mut position)?;
    if text.get(position) == Some(&b'.') {
        position += 1;
        verb.precision = Some(number(text, &mut position)?);
    }
    match text.get(position) {
        Some(b'%') => Ok((Part::Text(b"%".to_vec()), position + 1)),
        Some(letter) if matches!(letter, b'v' | b's' | b'd' | b'f' | b'x' | b'X' | b't') => {
            Ok((Part::Verb(Verb { letter: *letter, ..verb }), position + 1))
        }
        Some(letter) => {
            Err(format!("`%{}` is not served: there are %v %s %d %f %x %X %t", char::from(*letter)))
        }
        None => Err("the format ends in a single `%`".to_owned()),
    }
}

fn number(text: &[u8], position: &mut usize) -> Result<usize, String> {
    let digits = text[*position..].iter().take_while(|byte| byte.is_ascii_digit());
    let mut number = 0;
    for digit in digits {
        number = number * 10 + usize::from(digit - b'0');
        *position += 1;
        if number > MAX_WIDTH {
            return Err(format!("a width is at most {MAX_WIDTH}"));
        }
    }
    Ok(number)
}

pub(super) fn write<'a, R: Row<'a>>(format: &Format, arguments: Arguments<'a, R>) -> Given<'a, R> {
    let mut values = Vec::new();
    let _: Option<()> = arguments.each(1, |value| {
        values.push(value.clone());
        ControlFlow::Continue(())
    })?;
    let given = values.len();
    let mut values = values.into_iter();
    let mut text = Vec::new();
    let mut used = 0;
    for part in &format.parts {
        if text.len() > MAX_MADE {
            return Err(TOO_LONG.at(arguments.at(0)));
        }
        match part {
            Part::Text(part) => text.extend_from_slice(part),
            Part::Verb(verb) => {
                used += 1;
                match values.next() {
                    Some(value) => append(*verb, value, &mut text),
                    None => {
                        text.extend_from_slice(format!("%!{}(MISSING)", char::from(verb.letter)).as_bytes())
                    }
                }
            }
        }
    }
    if used < given {
        return Err(crate::FaultKind::Invalid("the list has more values than the format").at(arguments.at(1)));
    }
    Ok(Value::made(text))
}

/// Writes a value; one that the verb is not for, the way Go marks it.
fn append<'a, N: Nested<'a>>(verb: Verb, value: Value<'a, N>, text: &mut Vec<u8>) {
    let written = match (verb.letter, &value) {
        (b'd' | b'v', Value::Int(value)) => signed(verb, value.unsigned_abs().to_string(), *value < 0),
        (b'x', Value::Int(value)) => signed(verb, format!("{:x}", value.unsigned_abs()), *value < 0),
        (b'X', Value::Int(value)) => signed(verb, format!("{:X}", value.unsigned_abs()), *value < 0),
        (b'f', Value::Double(value)) => {
            let digits = format!("{:.*}", verb.precision.unwrap_or(6), value.abs());
            signed(verb, digits, value.is_sign_negative())
        }
        (b't' | b'v', Value::Boolean(value)) => value.to_string().into_bytes(),
        (b's' | b'v', Value::Text(value)) => value.to_vec(),
        (b'x', Value::Text(value) | Value::Bytes(value)) => crate::value::hex::encode(value),
        (b'v', Value::Nil) => b"<nil>".to_vec(),
        (b'v', Value::Double(value)) => {
            let mut digits = Vec::new();
            append_double(*value, &mut digits);
            digits
        }
        (letter, _) => marked(letter, value),
    };
    // Text is as wide as it has characters.
    let width = String::from_utf8_lossy(&written).chars().count();
    let padding = verb.width.saturating_sub(width);
    if verb.left {
        text.extend_from_slice(&written);
    }
    text.extend(std::iter::repeat_n(b' ', padding));
    if !verb.left {
        text.extend_from_slice(&written);
    }
}

fn signed(verb: Verb, digits: String, negative: bool) -> Vec<u8> {
    let sign = if negative {
        "-"
    } else if verb.plus {
        "+"
    } else {
        ""
    };
    let zeros =
        if verb.zero && !verb.left { verb.width.saturating_sub(sign.len() + digits.len()) } else { 0 };
    format!("{sign}{}{digits}", "0".repeat(zeros)).into_bytes()
}

fn marked<'a, N: Nested<'a>>(letter: u8, value: Value<'a, N>) -> Vec<u8> {
    let kind = match value {
        Value::Nil => return format!("%!{}(<nil>)", char::from(letter)).into_bytes(),
        Value::Boolean(_) => "bool",
        Value::Int(_) => "int64",
        Value::Double(_) => "float64",
        Value::Text(_) => "string",
        ref other => other.type_name(),
    };
    let mut text = format!("%!{}({kind}=", char::from(letter)).into_bytes();
    text.extend_from_slice(&value.into_text().unwrap_or_default());
    text.push(b')');
    text
}
