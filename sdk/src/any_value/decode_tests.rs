use super::{AnyValue, Attributes};
use crate::testing::Value;

/// Every type comes back as it was encoded.
#[test]
fn values_are_decoded() {
    let decode = |value: Value| format!("{:?}", AnyValue::decode(&value.encode()));
    assert_eq!(decode(Value::Empty), "Empty");
    assert_eq!(decode("x".into()), "Text([120])");
    assert_eq!(decode(false.into()), "Boolean(false)");
    assert_eq!(decode(i64::MIN.into()), format!("Int({})", i64::MIN));
    assert_eq!(decode(0.5.into()), "Double(0.5)");
    assert_eq!(decode(Value::Bytes(vec![1, 2])), "Bytes([1, 2])");
}

/// Attributes come in the order sent, duplicates and all; a look-up finds the first.
#[test]
fn attributes_keep_their_order() {
    let pairs = [("b", 1), ("a", 2), ("b", 3)].map(|(key, value)| (key.to_owned(), Value::Int(value)));
    let encoded = Value::Map(pairs.to_vec()).encode();
    let AnyValue::Map(map) = AnyValue::decode(&encoded) else { panic!("no map") };
    let seen: Vec<_> = map.iter().map(|(key, value)| format!("{key:?} {value:?}")).collect();
    assert_eq!(seen, ["[98] Int(1)", "[97] Int(2)", "[98] Int(3)"]);
    assert!(matches!(map.get("b"), Some(AnyValue::Int(1))));
    assert!(map.get("c").is_none());
    assert!(!map.is_empty() && Attributes::decode(&[]).is_empty());
}

/// Text is as it was sent; it is a `str` where it is UTF-8.
#[test]
fn text_need_not_be_utf8() {
    let encoded = Value::Text(vec![b'a', 0xff]).encode();
    let value = AnyValue::decode(&encoded);
    assert!(matches!(value, AnyValue::Text([b'a', 0xff])));
    assert_eq!(value.as_str(), None);
    assert_eq!(AnyValue::Text(b"a").as_str(), Some("a"));
    assert_eq!(AnyValue::Int(1).as_str(), None);
}

/// Of several members of a oneof the last one counts, as in every decoder of protobuf.
#[test]
fn the_last_member_counts() {
    let encoded = [Value::Int(1).encode(), Value::Boolean(true).encode()].concat();
    assert!(matches!(AnyValue::decode(&encoded), AnyValue::Boolean(true)));
}

/// A value that a key has in several pieces is that of the last one that has any.
#[test]
fn pieces_of_a_value_are_read_as_one() {
    let piece = |value: Value| [&[0x12, value.encode().len() as u8][..], &value.encode()].concat();
    let pair = [&[0x0a, 1, b'k'][..], &piece(1.into()), &piece(true.into()), &piece(Value::Empty)].concat();
    let list = [&[0x0a, pair.len() as u8][..], &pair].concat();
    assert!(matches!(Attributes::decode(&list).get("k"), Some(AnyValue::Boolean(true))));
}

/// Fields that OTLP may get one day are passed over, in every wire type but the group's.
#[test]
fn unknown_fields_are_skipped() {
    let unknown =
        [&[0x78, 0xff, 0x01][..], &[0x79, 0, 0, 0, 0, 0, 0, 0, 0], &[0x7a, 1, b'x'], &[0x7d, 0, 0, 0, 0]];
    let encoded = [unknown.concat(), Value::Int(5).encode()].concat();
    assert!(matches!(AnyValue::decode(&encoded), AnyValue::Int(5)));
}

/// Bytes that are no message give what was read until there, and never a panic.
#[test]
fn malformed_bytes_end_the_reading() {
    let whole = Value::Map(vec![("k".to_owned(), "value".into()), ("l".to_owned(), 1.5.into())]).encode();
    for length in 0..whole.len() {
        AnyValue::decode(&whole[..length]).append_text(&mut Vec::new());
    }
    for bytes in [&[0xff; 12][..], &[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], &[0x0b], &[0x0c], &[0x0a, 1, 0xff]]
    {
        AnyValue::decode(bytes).append_text(&mut Vec::new());
        _ = Attributes::decode(bytes).iter().count();
    }
}
