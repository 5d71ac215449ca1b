//! References to environment variables in values: `${env:NAME}`, `${NAME}`, `${env:NAME:-default}`, and
//! `$$` for a dollar sign, as the Collector reads them.

use std::ops::Range;

use crate::decode::Context;
use crate::yaml;
use crate::yaml::layout::Place;
use crate::yaml::value::Value;

/// How deep references may stand in references, and in the values of variables.
const MAX_NESTING: usize = 8;

/// What all references together may add to a configuration, in bytes.
const MAX_EXPANDED_BYTES: usize = 4 * 1024 * 1024;

/// Other places that the Collector can read a value from.
const OTHER_SCHEMES: [&str; 4] = ["file", "yaml", "http", "https"];

/// Replaces the references in a tree of values. Keys are left alone, as in the Collector.
pub(crate) struct Environment<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    context: &'a Context,
    expanded_bytes: usize,
}

impl<'a> Environment<'a> {
    pub(crate) fn new(lookup: &'a dyn Fn(&str) -> Option<String>, context: &'a Context) -> Self {
        Self { lookup, context, expanded_bytes: 0 }
    }

    /// Replaces every reference in `value` and notes what cannot be replaced.
    pub(crate) fn expand(&mut self, value: &mut Value, place: &Place<'_>) {
        match value {
            Value::List(items) => {
                for (number, item) in items.iter_mut().enumerate() {
                    self.expand(item, &place.item(number));
                }
            }
            Value::Map(entries) => {
                for (key, entry) in entries {
                    self.expand(entry, &place.key(key));
                }
            }
            Value::Text(text) if text.contains('$') => *value = self.expand_text(text, place),
            _ => {}
        }
    }

    /// A reference that is the whole value keeps its type: a number stays one.
    fn expand_text(&mut self, text: &str, place: &Place<'_>) -> Value {
        let is_reference = matches!(pieces(text).as_slice(), [Piece::Reference(_)]);
        match self.replace(text, place, 0) {
            Ok(text) if is_reference => typed(text),
            Ok(text) => Value::Text(text),
            Err(message) => {
                self.context.error(place, message);
                Value::Null
            }
        }
    }

    fn replace(&mut self, text: &str, place: &Place<'_>, nesting: usize) -> Result<String, String> {
        if nesting > MAX_NESTING {
            return Err(format!("references are nested deeper than {MAX_NESTING} levels"));
        }
        let mut replaced = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Literal(literal) => replaced.push_str(&literal.replace("$$", "$")),
                Piece::Reference(inner) => {
                    let name = self.replace(inner, place, nesting + 1)?;
                    let value = self.look_up(&name, place)?;
                    replaced.push_str(&self.replace(&value, place, nesting + 1)?);
                }
            }
        }
        self.expanded_bytes += replaced.len();
        if self.expanded_bytes > MAX_EXPANDED_BYTES {
            return Err("environment variables make the configuration too large".to_owned());
        }
        Ok(replaced)
    }

    fn look_up(&self, reference: &str, place: &Place<'_>) -> Result<String, String> {
        let (scheme, rest) = reference.split_once(':').unwrap_or(("", reference));
        if OTHER_SCHEMES.contains(&scheme) {
            return Err(format!("`${{{scheme}:...}}` is not served yet; use `${{env:NAME}}`"));
        }
        let written = if scheme == "env" { rest } else { reference };
        let (name, default) = match written.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (written, None),
        };
        if !is_variable_name(name) {
            return Err(
                "`${...}` names no environment variable; write `${env:NAME}`, and `$$` for a dollar \
                        sign of its own"
                    .to_owned(),
            );
        }
        match ((self.lookup)(name), default) {
            (Some(value), _) => Ok(value),
            (None, Some(default)) => Ok(default.to_owned()),
            (None, None) => {
                let message = format!(
                    "environment variable `{name}` is not set, so this counts as not given; \
                     `${{env:{name}:-default}}` gives it a default"
                );
                self.context.warning(place, message);
                Ok(String::new())
            }
        }
    }
}

/// What a variable's text stands for when it is a whole value.
fn typed(text: String) -> Value {
    let value = match yaml::parse(&text) {
        Ok(document) => document.value,
        Err(_) => Value::Text(text.clone()),
    };
    Value::Expanded { value: Box::new(value), text }
}

fn is_variable_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

enum Piece<'a> {
    /// Text as written, `$$` included.
    Literal(&'a str),
    /// What stands between `${` and its `}`.
    Reference(&'a str),
}

/// Cuts a text at its outermost references; a `${` without an end stays as it is.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for reference in references(text) {
        if done < reference.start {
            pieces.push(Piece::Literal(&text[done..reference.start]));
        }
        pieces.push(Piece::Reference(&text[reference.start + "${".len()..reference.end - "}".len()]));
        done = reference.end;
    }
    if done < text.len() {
        pieces.push(Piece::Literal(&text[done..]));
    }
    pieces
}

/// Where the outermost references are, braces included. One pass, whatever the text.
fn references(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut open = Vec::new();
    let mut closed: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at += match &bytes[at..] {
            [b'$', b'$', ..] => 2,
            [b'$', b'{', ..] => {
                open.push(at);
                2
            }
            [b'}', ..] => {
                if let Some(start) = open.pop() {
                    while closed.pop_if(|inner| inner.start > start).is_some() {}
                    closed.push(start..at + 1);
                }
                1
            }
            _ => 1,
        };
    }
    closed
}
