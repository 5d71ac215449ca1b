//! References in values: `${env:NAME}`, `${NAME}`, `${env:NAME:-default}` for environment variables,
//! `${file:PATH}`, `${yaml:TEXT}`, and `$$` for a dollar sign, as the Collector reads them.

use std::ops::Range;
use std::path::Path;

use crate::decode::Context;
use crate::source;
use crate::yaml;
use crate::yaml::layout::Place;
use crate::yaml::value::Value;

/// How deep references may stand in references, and in what references stand for.
const MAX_NESTING: usize = 8;

/// What all references together may add to a configuration, in bytes.
const MAX_EXPANDED_BYTES: usize = 4 * 1024 * 1024;

/// Replaces the references in a tree of values. Keys are left alone, as in the Collector.
pub(crate) struct Environment<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    context: &'a Context,
    expanded_bytes: usize,
    /// In how many values of references the present one stands.
    nesting: usize,
}

impl<'a> Environment<'a> {
    pub(crate) fn new(lookup: &'a dyn Fn(&str) -> Option<String>, context: &'a Context) -> Self {
        Self { lookup, context, expanded_bytes: 0, nesting: 0 }
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

    fn expand_text(&mut self, text: &str, place: &Place<'_>) -> Value {
        let expanded = match pieces(text).as_slice() {
            [Piece::Reference(inner)] => self.whole_value(inner, place),
            _ => self.replace(text, place, self.nesting).map(Value::Text),
        };
        expanded.unwrap_or_else(|message| {
            self.context.error(place, message);
            Value::Null
        })
    }

    /// A reference that is the whole value has the type of what it stands for: a number stays one, and blocks and
    /// lists may have references in them.
    fn whole_value(&mut self, reference: &str, place: &Place<'_>) -> Result<Value, String> {
        let name = self.replace(reference, place, self.nesting + 1)?;
        let text = self.look_up(&name, place)?;
        // Before it is read: what multiplies is stopped by the cost of its first copies.
        self.count(text.len())?;
        let document = yaml::parse(&text, 0).ok().map(|document| document.value);
        if let Some(mut value @ (Value::Map(_) | Value::List(_))) = document {
            if self.nesting >= MAX_NESTING {
                return Err(too_deep());
            }
            self.nesting += 1;
            self.expand(&mut value, place);
            self.nesting -= 1;
            return Ok(Value::Expanded { value: Box::new(value), text });
        }
        self.replace(&text, place, self.nesting + 1).map(typed)
    }

    fn replace(&mut self, text: &str, place: &Place<'_>, nesting: usize) -> Result<String, String> {
        if nesting > MAX_NESTING {
            return Err(too_deep());
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
        self.count(replaced.len())?;
        Ok(replaced)
    }

    fn count(&mut self, bytes: usize) -> Result<(), String> {
        self.expanded_bytes += bytes;
        if self.expanded_bytes > MAX_EXPANDED_BYTES {
            return Err("references make the configuration too large".to_owned());
        }
        Ok(())
    }

    /// What a reference stands for, which may have references in it.
    fn look_up(&self, reference: &str, place: &Place<'_>) -> Result<String, String> {
        match reference.split_once(':') {
            Some(("env", name)) => self.variable(name, place),
            Some(("file", path)) => file(path),
            Some(("yaml", text)) => Ok(text.to_owned()),
            Some((scheme @ ("http" | "https"), _)) => {
                Err(format!("`${{{scheme}:...}}` is not served: Sluice fetches nothing from the network"))
            }
            _ => self.variable(reference, place),
        }
    }

    fn variable(&self, written: &str, place: &Place<'_>) -> Result<String, String> {
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

/// The text of a file, without the line break that ends it.
fn file(path: &str) -> Result<String, String> {
    let mut text = source::read_file(Path::new(path)).map_err(|message| format!("`{path}` {message}"))?;
    if text.ends_with('\n') {
        text.truncate(text.len() - 1);
        if text.ends_with('\r') {
            text.truncate(text.len() - 1);
        }
    }
    Ok(text)
}

fn too_deep() -> String {
    format!("references are nested deeper than {MAX_NESTING} levels")
}

/// What a reference's text stands for when it is a whole value.
fn typed(text: String) -> Value {
    let value = match yaml::parse(&text, 0) {
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
