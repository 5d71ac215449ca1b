use super::{AnyValue, Attributes};
use crate::testing::Value;

/// Every type comes back as it was encoded.
#[test]
fn values_are_decoded() {
    let decode = |value: Value| format!("{:?}", AnyValue::decode(&value.encode()));
    assert_eq!(decode(Value::Empty), "Empty");
    assert_eq!(decode("x".into()), "Text(\"x\")");
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
    let seen: Vec<_> = map.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(seen, ["b=1", "a=2", "b=3"]);
    assert!(matches!(map.get("b"), Some(AnyValue::Int(1))));
    assert!(map.get("c").is_none());
    assert!(!map.is_empty() && Attributes::decode(&[]).is_empty());
}

/// Of several members of a oneof the last one counts, as in every decoder of protobuf.
#[test]
fn the_last_member_counts() {
    let encoded = [Value::Int(1).encode(), Value::Boolean(true).encode()].concat();
    assert!(matches!(AnyValue::decode(&encoded), AnyValue::Boolean(true)));
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
        _ = AnyValue::decode(&whole[..length]).to_string();
    }
    for bytes in [&[0xff; 12][..], &[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], &[0x0b], &[0x0c], &[0x0a, 1, 0xff]]
    {
        _ = AnyValue::decode(bytes).to_string();
        _ = Attributes::decode(bytes).iter().count();
    }
}
