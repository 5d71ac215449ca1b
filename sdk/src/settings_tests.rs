use serde::Deserialize;

use super::parse;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    header: String,
    #[serde(default)]
    depth: u8,
}

/// Settings that fit become the struct.
#[test]
fn settings_are_read() {
    let settings: Settings = parse(r#"{"header": "x", "depth": 3}"#).unwrap();
    assert_eq!((settings.header.as_str(), settings.depth), ("x", 3));
}

/// What does not fit is named, without a place in a JSON text that nobody wrote.
#[test]
fn errors_name_what_is_wrong() {
    let error = |json| parse::<Settings>(json).unwrap_err();
    assert_eq!(error(r#"{"header": "x", "dept": 3}"#), "unknown field `dept`, expected `header` or `depth`");
    assert_eq!(error("{}"), "missing field `header`");
    assert_eq!(error(r#"{"header": 1}"#), "header: invalid type: integer `1`, expected a string");
    let deep = r#"{"header": "x", "depth": 300}"#;
    assert_eq!(error(deep), "depth: invalid value: integer `300`, expected u8");
    assert_eq!(error("[1]"), "[0]: invalid type: integer `1`, expected a string");
}
