//! Text from a stranger, made fit for our log.

/// The most bytes of a guest's text that are shown.
const MAX_BYTES: usize = 1 << 10;

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

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
