//! Text from a stranger, made fit for our log.

/// The most bytes of a guest's text that are shown.
const MAX_BYTES: usize = 1 << 10;

/// The most lines of it.
const MAX_LINES: usize = 8;

/// How far lines after the first are indented at least.
const INDENT: &str = "    ";

/// At most 1 KiB of the text, control characters escaped: no forged lines, no colours.
pub(crate) fn for_people(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(MAX_BYTES));
    for character in text.chars() {
        let before = shown.len();
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
        if shown.len() > MAX_BYTES {
            shown.truncate(before);
            shown.push_str("...");
            break;
        }
    }
    shown
}

/// The same for what is said of settings, which may point at a place in them on lines of its own: these are kept, up to
/// eight, and indented, so that none can pass for a line of the log.
pub(crate) fn in_lines(text: &str) -> String {
    let mut lines = text.lines().map(for_people);
    let mut shown = lines.next().unwrap_or_default();
    for line in lines.take(MAX_LINES - 1) {
        if shown.len() + line.len() > MAX_BYTES {
            break;
        }
        shown.push('\n');
        if !line.starts_with(INDENT) {
            shown.push_str(INDENT);
        }
        shown.push_str(&line);
    }
    shown
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
