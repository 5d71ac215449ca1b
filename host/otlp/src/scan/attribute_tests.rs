use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue};
use prost::Message as _;

use super::*;

fn encoded(key: &str, value: Option<Value>) -> Vec<u8> {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value }), key_strindex: 0 }.encode_to_vec()
}

/// The values that most attributes have take the short cut.
#[test]
fn simple_values_are_plain() {
    let values = [
        None,
        Some(Value::StringValue("GET".to_owned())),
        Some(Value::BoolValue(true)),
        Some(Value::IntValue(200)),
        Some(Value::IntValue(i64::MAX)),
        Some(Value::DoubleValue(0.5)),
    ];
    for value in values {
        assert!(is_plain(&encoded("http.request.method", value.clone())), "{value:?}");
    }
}

/// All others go the long way: nothing is said about them here.
#[test]
fn other_values_are_not_plain() {
    let long = "x".repeat(128);
    assert!(!is_plain(&encoded("", Some(Value::BoolValue(true)))), "no key");
    assert!(!is_plain(&encoded(&long, Some(Value::BoolValue(true)))));
    assert!(!is_plain(&encoded("long", Some(Value::StringValue(long)))));
    assert!(!is_plain(&encoded("negative", Some(Value::IntValue(-1)))));
    assert!(!is_plain(&encoded("array", Some(Value::ArrayValue(ArrayValue::default())))));
}

/// What takes the short cut is a valid attribute, whatever the bytes: tried with all short ones.
#[test]
fn what_is_plain_is_valid() {
    const BYTES: [u8; 8] = [0x00, 0x02, 0x03, KEY, VALUE, INT_VALUE, DOUBLE_VALUE, 0x80];
    let mut plain = 0;
    for length in 0..=7 {
        for number in 0..BYTES.len().pow(length) {
            let bytes: Vec<u8> = (0..length).map(|place| BYTES[(number >> (3 * place)) & 7]).collect();
            if is_plain(&bytes) {
                plain += 1;
                match KeyValue::decode(bytes.as_slice()) {
                    Ok(attribute) => assert!(attribute.value.is_some(), "{bytes:?}"),
                    Err(error) => assert!(error.to_string().contains("UTF-8"), "{bytes:?}: {error}"),
                }
            }
        }
    }
    assert!(plain > 0);
}
