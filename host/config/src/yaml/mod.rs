//! YAML as text to a tree of values, with the lines where they stand. Everything is bounded before it is
//! built, so that no file can make us busy or large.

pub(crate) mod layout;
pub(crate) mod merge;
mod outline;
pub(crate) mod value;

use layout::Spot;
use value::Value;

/// The largest file that is read.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

/// The deepest nesting of blocks and lists, aliases included.
pub(crate) const MAX_DEPTH: usize = 64;

/// What a document may come to when its aliases are written out: one for each value, and one for each byte
/// of text.
pub(crate) const MAX_WEIGHT: usize = 4 * 1024 * 1024;

/// The longest key.
pub(crate) const MAX_KEY_BYTES: usize = 1024;

/// How many flaws of one file are gathered; who has more is helped enough by these.
pub(crate) const MAX_FLAWS: usize = 200;

/// A document: its values, and where they stand.
pub(crate) struct Document {
    pub(crate) value: Value,
    pub(crate) layout: Spot,
}

/// What is wrong with a text as YAML.
pub(crate) struct Flaw {
    pub(crate) line: Option<usize>,
    pub(crate) path: String,
    pub(crate) message: String,
}

impl Flaw {
    fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), path: String::new(), message: message.into() }
    }
}

/// Reads one document, which is source number `source`; the first flaw of syntax, or all keys that are there
/// twice.
pub(crate) fn parse(text: &str, source: usize) -> Result<Document, Vec<Flaw>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let layout = outline::read(text, source)?;
    match Value::parse(text) {
        Ok(value) => Ok(Document { value, layout }),
        Err(flaw) => Err(vec![Flaw { line: flaw.line, path: String::new(), message: flaw.message }]),
    }
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
