use super::*;

/// Guarantees: text in order is shown as it is, in any script.
#[test]
fn plain_text_stays() {
    assert_eq!(for_people("tenant \u{e9} is unknown"), "tenant \u{e9} is unknown");
}

/// Guarantees: a guest can neither forge a line of the log nor colour it.
#[test]
fn control_characters_are_escaped() {
    assert_eq!(for_people("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
}

/// Guarantees: the limit holds in bytes, without cutting a character or an escape in two.
#[test]
fn long_text_is_cut_between_characters() {
    let shown = for_people(&"\u{e9}\n".repeat(MAX_BYTES));
    assert!(shown.len() <= MAX_BYTES + 3);
    assert!(shown.ends_with("..."));
    assert!(shown.trim_end_matches("...").ends_with(['\u{e9}', 'n']));
}
