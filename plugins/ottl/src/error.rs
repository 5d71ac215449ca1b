//! What is wrong with a condition, and where.

use std::fmt::{self, Write as _};

/// How many characters of a long condition are shown on either side of the mistake.
const EXCERPT_CHARACTERS: usize = 40;

/// A mistake in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// In words for the author of the condition.
    pub message: String,
    /// Where, in bytes from the start of the condition.
    pub at: usize,
}

impl Error {
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), at }
    }

    /// The mistake with its column, the part of the condition around it, and a mark below the place.
    #[must_use]
    pub fn explain(&self, condition: &str) -> String {
        explain(condition, self.at, &self.message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// The column of a place, from 1.
pub(crate) fn column(condition: &str, at: usize) -> usize {
    condition.get(..at).unwrap_or(condition).chars().count() + 1
}

/// Points at a place in a condition.
pub(crate) fn explain(condition: &str, at: usize, message: &str) -> String {
    let before = condition.get(..at).unwrap_or(condition);
    let after = condition.get(at..).unwrap_or_default();
    let column = column(condition, at);
    let mut text = format!("column {column}: {message}\n    ");
    let cut = before.char_indices().rev().nth(EXCERPT_CHARACTERS - 1).map_or(0, |(start, _)| start);
    let dots = if cut > 0 { "..." } else { "" };
    let shown = before[cut..].chars().chain(after.chars().take(EXCERPT_CHARACTERS));
    text.push_str(dots);
    // One line, so that the mark stands below its place.
    text.extend(shown.map(|character| if character.is_control() { ' ' } else { character }));
    if after.chars().nth(EXCERPT_CHARACTERS).is_some() {
        text.push_str("...");
    }
    let indent = dots.len() + before[cut..].chars().count();
    let _ = write!(text, "\n    {:indent$}^", "");
    text
}
