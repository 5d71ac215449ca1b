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

/// Guarantees: what points at a place in the settings does so below it, and no line can pass for one of the log.
#[test]
fn lines_are_kept_and_indented() {
    assert_eq!(in_lines("column 3: wrong\n    a = b\n      ^"), "column 3: wrong\n    a = b\n      ^");
    assert_eq!(
        in_lines("wrong\n2026-01-01 ERROR\r\n\u{1b}[31m"),
        "wrong\n    2026-01-01 ERROR\n    \\u{1b}[31m"
    );
    assert_eq!(in_lines(&"a\n".repeat(50)).lines().count(), MAX_LINES);
    assert!(in_lines(&format!("{0}\n{0}\n{0}", "a".repeat(500))).len() <= MAX_BYTES + 2 * INDENT.len());
    assert_eq!(in_lines(""), "");
}
