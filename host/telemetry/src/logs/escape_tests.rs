use super::write_escaped;

fn escaped(text: &str) -> String {
    let mut out = String::new();
    write_escaped(&mut out, text).expect("written");
    out
}

/// Text without control characters is left alone, whatever its language.
#[test]
fn harmless_text_is_left_alone() {
    assert_eq!(escaped("a \\ \"b\" \u{e9}\u{4e2d}"), "a \\ \"b\" \u{e9}\u{4e2d}");
    assert_eq!(escaped(""), "");
}

/// A sender cannot begin a line of its own, nor steer the terminal of whoever reads it.
#[test]
fn control_characters_become_escapes() {
    assert_eq!(escaped("a\nfake\tline\r"), "a\\nfake\\tline\\r");
    assert_eq!(escaped("\u{1b}[2J\u{9b}1m\u{7f}"), "\\u{1b}[2J\\u{9b}1m\\u{7f}");
    assert_eq!(escaped("x\u{2028}y"), "x\\u{2028}y");
}
