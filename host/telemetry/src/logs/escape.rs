use std::fmt::{self, Write};

/// Writes `text` so that it stays on its line and does nothing to a terminal: control characters (C0, C1,
/// DEL) and the Unicode separators of lines and paragraphs become escapes, as in a Rust string.
pub(super) fn write_escaped(out: &mut impl Write, text: &str) -> fmt::Result {
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        if is_harmless(character) {
            continue;
        }
        out.write_str(&text[plain..at])?;
        write!(out, "{}", character.escape_default())?;
        plain = at + character.len_utf8();
    }
    out.write_str(&text[plain..])
}

fn is_harmless(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
#[path = "escape_tests.rs"]
mod tests;
