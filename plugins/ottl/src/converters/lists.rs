//! Converters of lists, maps, and texts as lists of characters.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::text::part;
use super::{Function, Given};
use crate::evaluate::{Arguments, Row};
use crate::syntax::Comparison;
use crate::value::{List, Value, compare};

pub(super) fn call<'a, R: Row<'a>>(function: Function, arguments: Arguments<'a, R>) -> Given<'a, R> {
    Ok(match function {
        Function::Coalesce => {
            let first = arguments.each(0, |value| match value {
                Value::Nil => ControlFlow::Continue(()),
                value => ControlFlow::Break(value.clone()),
            })?;
            first.unwrap_or(Value::Nil)
        }
        Function::ContainsValue => {
            let item = arguments.value(1)?;
            Value::Boolean(position(arguments, &item)?.is_some())
        }
        Function::Index => return index(arguments),
        Function::Keys => {
            let mut keys = Vec::new();
            let _: Option<()> = arguments.map(0)?.each(|key, _| {
                keys.push(Value::Text(key.clone()));
                ControlFlow::Continue(())
            });
            Value::List(List::Made(keys))
        }
        Function::Values => {
            let mut values = Vec::new();
            let _: Option<()> = arguments.map(0)?.each(|_, value| {
                values.push(value.clone());
                ControlFlow::Continue(())
            });
            Value::List(List::Made(values))
        }
        Function::Split => {
            let (text, delimiter) = (arguments.text(0)?, arguments.text(1)?);
            Value::List(List::Made(split(&text, &delimiter)))
        }
        _ => Value::Int(match arguments.value(0)? {
            Value::Text(text) => text.len() as i64,
            Value::List(list) => list.len() as i64,
            Value::Map(map) => map.len() as i64,
            Value::Events(count) | Value::Links(count) => count as i64,
            other => return Err(arguments.wrong(0, "text, a list or a map", &other)),
        }),
    })
}

/// Where in the list of the first argument an item is.
fn position<'a, R: Row<'a>>(
    arguments: Arguments<'a, R>,
    item: &Value<'a, R::Nested>,
) -> Result<Option<i64>, crate::Fault> {
    let mut index = 0;
    arguments.each(0, |value| {
        if compare(Comparison::Equal, value, item) {
            return ControlFlow::Break(index);
        }
        index += 1;
        ControlFlow::Continue(())
    })
}

fn index<'a, R: Row<'a>>(arguments: Arguments<'a, R>) -> Given<'a, R> {
    let item = arguments.value(1)?;
    let found = match arguments.value(0)? {
        Value::Text(text) => match &item {
            Value::Text(wanted) => find(&text, wanted).map(|at| at as i64),
            other => return Err(arguments.wrong(1, "text", other)),
        },
        Value::List(_) => position(arguments, &item)?,
        other => return Err(arguments.wrong(0, "text or a list", &other)),
    };
    Ok(Value::Int(found.unwrap_or(-1)))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    match (std::str::from_utf8(text), std::str::from_utf8(wanted)) {
        // Takes linear time, which a search among windows does not.
        (Ok(text), Ok(wanted)) => text.find(wanted),
        _ => String::from_utf8_lossy(text).find(&*String::from_utf8_lossy(wanted)),
    }
}

/// Between delimiters; where these are empty, each character.
fn split<'a, N>(text: &Cow<'a, [u8]>, delimiter: &[u8]) -> Vec<Value<'a, N>> {
    let mut parts = Vec::new();
    let mut start = 0;
    if delimiter.is_empty() {
        while start < text.len() {
            let continues = |byte: &&u8| **byte & 0xc0 == 0x80;
            let length = 1 + text[start + 1..].iter().take(3).take_while(continues).count();
            parts.push(Value::Text(part(text, start..start + length)));
            start += length;
        }
        return parts;
    }
    while let Some(length) = find(&text[start..], delimiter) {
        parts.push(Value::Text(part(text, start..start + length)));
        start += length + delimiter.len();
    }
    parts.push(Value::Text(part(text, start..text.len())));
    parts
}
