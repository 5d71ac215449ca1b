//! The expected texts are what `AsString` of the Collector's pdata v1.67.0 printed.

use crate::AnyValue;
use crate::testing::Value;

fn text(value: Value) -> String {
    let mut out = Vec::new();
    AnyValue::decode(&value.encode()).append_text(&mut out);
    String::from_utf8(out).unwrap()
}

fn map(pairs: Vec<(&str, Value)>) -> Value {
    Value::Map(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// Scalars are written bare.
#[test]
fn scalars_are_bare() {
    assert_eq!(text(Value::Empty), "");
    assert_eq!(text("a\"b".into()), "a\"b");
    assert_eq!(text(true.into()), "true");
    assert_eq!(text((-7).into()), "-7");
    assert_eq!(text(Value::Bytes(vec![])), "");
    assert_eq!(text(Value::Bytes(vec![0, 1, 254, 255])), "AAH+/w==");
}

/// Doubles have the shortest digits, and an exponent below 1e-6 and from 1e21 on.
#[test]
fn doubles_are_written_as_go_writes_them() {
    let expected = [
        (0.0, "0"),
        (-0.0, "-0"),
        (0.1, "0.1"),
        (100_000.0, "100000"),
        (1e20, "100000000000000000000"),
        (123_456_789_012_345_680_000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (f64::MAX, "1.7976931348623157e+308"),
        (1e-6, "0.000001"),
        (9.999e-7, "9.999e-7"),
        (1e-7, "1e-7"),
        (-1e-10, "-1e-10"),
        (1e-100, "1e-100"),
        (5e-324, "5e-324"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
    ];
    for (value, expected) in expected {
        assert_eq!(text(value.into()), expected);
    }
}

/// Lists are JSON; bytes are base64 there, and none at all are null.
#[test]
fn lists_are_json() {
    let list = Value::Array(vec![
        Value::Bytes(vec![]),
        Value::Bytes(vec![1]),
        Value::Array(vec![]),
        map(vec![]),
        "".into(),
        Value::Empty,
        3.0.into(),
        1e21.into(),
        1e-7.into(),
        (-0.0).into(),
        true.into(),
        i64::MIN.into(),
    ]);
    assert_eq!(text(list), r#"[null,"AQ==",[],{},"",null,3,1e+21,1e-7,-0,true,-9223372036854775808]"#);
}

/// A number that JSON cannot hold leaves nothing of the list or map around it.
#[test]
fn infinite_numbers_empty_what_holds_them() {
    assert_eq!(text(Value::Array(vec![f64::NAN.into()])), "");
    assert_eq!(text(map(vec![("a", Value::Array(vec![f64::INFINITY.into()]))])), "");
}

/// Keys are sorted by their bytes; of equal ones the last counts, unlike in a look-up.
#[test]
fn maps_are_sorted_and_the_last_duplicate_counts() {
    let pairs = vec![("z", 1.into()), ("a", 2.into()), ("\u{e9}", 3.into()), ("Z", 4.into()), ("", 5.into())];
    assert_eq!(text(map(pairs)), "{\"\":5,\"Z\":4,\"a\":2,\"z\":1,\"\u{e9}\":3}");
    let twice = map(vec![("dup", 1.into()), ("dup", 2.into())]);
    assert_eq!(text(twice), r#"{"dup":2}"#);
}

/// What JSON must escape, and the two line ends of JavaScript; nothing for HTML's sake.
#[test]
fn json_text_is_escaped_as_go_escapes_it() {
    let odd = "a\"b\\c/\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}<&>'\u{2028}\u{2029}\u{e9}\u{1f600}";
    let expected = "[\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0000\\u001f\u{7f}<&>'\\u2028\\u2029\u{e9}\u{1f600}\"]";
    assert_eq!(text(Value::Array(vec![odd.into()])), expected);
}

/// Text that is not UTF-8 stays as it is where it is bare; in JSON each wrong byte is replaced.
#[test]
fn text_that_is_not_utf8_is_written_as_go_writes_it() {
    let wrong = || Value::Text(b"a\xe2\x82b\xff".to_vec());
    let mut bare = Vec::new();
    AnyValue::decode(&wrong().encode()).append_text(&mut bare);
    assert_eq!(bare, b"a\xe2\x82b\xff");
    assert_eq!(text(Value::Array(vec![wrong()])), r#"["a\ufffd\ufffdb\ufffd"]"#);
}
