//! Converters of text.

use std::borrow::Cow;
use std::ops::ControlFlow;

use sluice_go_pattern::Regex;

use super::{Function, Given};
use crate::evaluate::{Arguments, Row};
use crate::fault::{Fault, FaultKind};
use crate::value::{Value, hex};

/// The longest text that converters put together, in bytes: a condition may name a long attribute many times.
pub(super) const MAX_MADE: usize = 4 << 20;

/// What is longer.
pub(super) const TOO_LONG: FaultKind = FaultKind::Invalid("the text would have more than 4 MiB");

/// Whether the text has a match. Bytes that are no UTF-8 count as U+FFFD, as in Go.
pub(super) fn is_match<'a, R: Row<'a>>(pattern: &Regex, arguments: Arguments<'a, R>) -> Given<'a, R> {
    let text = arguments.text_like(0)?;
    let matches = text.is_some_and(|text| pattern.is_match(&String::from_utf8_lossy(&text)));
    Ok(Value::Boolean(matches))
}

pub(super) fn call<'a, R: Row<'a>>(function: Function, arguments: Arguments<'a, R>) -> Given<'a, R> {
    Ok(match function {
        Function::HasPrefix => Value::Boolean(arguments.text(0)?.starts_with(&arguments.text(1)?)),
        Function::HasSuffix => Value::Boolean(arguments.text(0)?.ends_with(&arguments.text(1)?)),
        Function::Concat => return concat(arguments),
        Function::Fnv => return fnv(arguments),
        Function::Hex => return hexadecimal(arguments),
        Function::SpanId => Value::SpanId(id(arguments)?),
        Function::TraceId => Value::TraceId(id(arguments)?),
        Function::String => arguments.text_like(0)?.map_or(Value::Nil, Value::Text),
        Function::Substring => return substring(arguments),
        Function::ToLowerCase => Value::made(String::from_utf8_lossy(&arguments.text(0)?).to_lowercase()),
        Function::ToUpperCase => Value::made(String::from_utf8_lossy(&arguments.text(0)?).to_uppercase()),
        Function::Trim => return trim(arguments),
        Function::TrimPrefix => {
            let (text, prefix) = (arguments.text(0)?, arguments.text(1)?);
            let start = if text.starts_with(&prefix) { prefix.len() } else { 0 };
            Value::Text(part(&text, start..text.len()))
        }
        _ => {
            let (text, suffix) = (arguments.text(0)?, arguments.text(1)?);
            let end = if text.ends_with(&suffix) { text.len() - suffix.len() } else { text.len() };
            Value::Text(part(&text, 0..end))
        }
    })
}

/// A part of a text, borrowed where the text is.
pub(super) fn part<'a>(text: &Cow<'a, [u8]>, range: std::ops::Range<usize>) -> Cow<'a, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(range).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(range).unwrap_or_default().to_vec()),
    }
}

fn concat<'a, R: Row<'a>>(arguments: Arguments<'a, R>) -> Given<'a, R> {
    let delimiter = arguments.text(1)?;
    let mut joined = Vec::new();
    let mut first = true;
    let fault = arguments.each(0, |value| {
        if !std::mem::take(&mut first) {
            joined.extend_from_slice(&delimiter);
        }
        match value.clone() {
            Value::Nil => joined.extend_from_slice(b"<nil>"),
            value => match value.into_text() {
                Ok(text) if joined.len() + text.len() > MAX_MADE => {
                    return ControlFlow::Break(TOO_LONG.at(arguments.at(0)));
                }
                Ok(text) => joined.extend_from_slice(&text),
                Err(value) => return ControlFlow::Break(arguments.wrong(0, "text", &value)),
            },
        }
        ControlFlow::Continue(())
    })?;
    fault.map_or_else(|| Ok(Value::made(joined)), Err)
}

/// FNV-1a of 64 bits; of no text it is no text, as in the Collector.
fn fnv<'a, R: Row<'a>>(arguments: Arguments<'a, R>) -> Given<'a, R> {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let text = arguments.text(0)?;
    if text.is_empty() {
        return Ok(Value::text(""));
    }
    let hash = text.iter().fold(OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME));
    Ok(Value::Int(hash.cast_signed()))
}

fn hexadecimal<'a, R: Row<'a>>(arguments: Arguments<'a, R>) -> Given<'a, R> {
    Ok(match arguments.value(0)? {
        Value::Nil => Value::Nil,
        Value::Boolean(value) => Value::made(hex::encode(&[u8::from(value)])),
        Value::Int(value) => {
            let sign = if value < 0 { "-" } else { "" };
            Value::made(format!("{sign}{:x}", value.unsigned_abs()))
        }
        Value::Double(value) => Value::made(hex::encode(&value.to_be_bytes())),
        Value::Text(bytes) | Value::Bytes(bytes) => Value::made(hex::encode(&bytes)),
        other => return Err(arguments.wrong(0, "text, bytes, a number or a boolean", &other)),
    })
}

/// Hexadecimal text of twice as many digits, or exactly as many bytes.
fn id<'a, const LENGTH: usize, R: Row<'a>>(arguments: Arguments<'a, R>) -> Result<[u8; LENGTH], Fault> {
    let bytes = match arguments.value(0)? {
        Value::Bytes(bytes) => Some(bytes),
        Value::Text(text) if text.len() == 2 * LENGTH => hex::decode(&text).map(Cow::Owned),
        Value::Text(_) => None,
        other => return Err(arguments.wrong(0, "text or bytes", &other)),
    };
    let id = bytes.and_then(|bytes| bytes.as_ref().try_into().ok());
    id.ok_or_else(|| FaultKind::Invalid("an id is 16 bytes of a trace or 8 of a span").at(arguments.at(0)))
}

fn substring<'a, R: Row<'a>>(arguments: Arguments<'a, R>) -> Given<'a, R> {
    let text = arguments.text(0)?;
    let beyond = |position| FaultKind::Invalid("the text is shorter than that").at(arguments.at(position));
    let start = usize::try_from(arguments.int(1)?);
    let start = start.map_err(|_| FaultKind::Invalid("a start is not negative").at(arguments.at(1)))?;
    let length = usize::try_from(arguments.int(2)?).ok().filter(|length| *length > 0);
    let length = length.ok_or(FaultKind::Invalid("a length is more than 0").at(arguments.at(2)))?;
    let end = start.checked_add(length).filter(|end| *end <= text.len()).ok_or(beyond(2))?;
    let (mut start, mut end) = (start, end);
    if matches!(arguments.value(3)?, Value::Boolean(true)) {
        let continues = |at: &usize| text.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
        while continues(&start) {
            start += 1;
        }
        while continues(&end) {
            end -= 1;
        }
        end = end.max(start);
    }
    Ok(Value::Text(part(&text, start..end)))
}

/// Takes all characters of the cut set off both ends.
fn trim<'a, R: Row<'a>>(arguments: Arguments<'a, R>) -> Given<'a, R> {
    let text = arguments.text(0)?;
    let set = match arguments.value(1)? {
        Value::Nil => Cow::Borrowed(&b" "[..]),
        Value::Text(set) => set,
        other => return Err(arguments.wrong(1, "text", &other)),
    };
    let Ok(valid) = std::str::from_utf8(&text) else { return Ok(Value::Text(text)) };
    let set = String::from_utf8_lossy(&set);
    let in_set = |character: char| set.contains(character);
    let start = valid.len() - valid.trim_start_matches(in_set).len();
    let end = valid.trim_end_matches(in_set).len().max(start);
    Ok(Value::Text(part(&text, start..end)))
}
