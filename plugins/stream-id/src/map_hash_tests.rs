use sluice_key_vectors::map_hashes;
use sluice_sdk::testing::Value;
use sluice_sdk::{AnyValue, Attributes};

use super::MapHasher;
use crate::identity::Identity;

fn hex(hash: [u8; 16]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(map: Vec<(&str, Value)>) -> String {
    let map = Value::Map(map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
    let encoded = map.encode();
    let AnyValue::Map(map) = AnyValue::decode(&encoded) else { panic!("no map") };
    hex(MapHasher::default().hash(map))
}

/// Every vector that the Collector printed comes out the same, as does a resource's identity.
#[test]
fn hashes_are_those_of_the_collector() {
    let hasher = &mut MapHasher::default();
    for vector in map_hashes().unwrap() {
        let encoded = Value::Map(vector.map.clone()).encode();
        let AnyValue::Map(map) = AnyValue::decode(&encoded) else { panic!("no map") };
        assert_eq!(hex(hasher.hash(map)), vector.hash, "{:?}", vector.map);
        let resource = Identity::default().map(hasher, Some(map));
        assert_eq!(format!("resource/{resource:x}"), vector.resource_id);
    }
}

/// Of equal keys the first one's value is hashed each time, at every depth. The hash is the
/// Collector's (pdatautil v0.161.0) of the same bytes.
#[test]
fn duplicate_keys_are_hashed_as_the_first_one() {
    let inner = vec![("dup".to_owned(), Value::Int(1)), ("dup".to_owned(), Value::Int(2))];
    let map = vec![("dup", Value::Int(1)), ("dup", Value::Int(2)), ("m", Value::Map(inner))];
    assert_eq!(hash(map), "1db66b6927aae0d890a810399f0c6eb3");
}

/// Values that JSON, and so the file of vectors, cannot hold. The hashes are the Collector's
/// (pdatautil v0.161.0).
#[test]
fn values_beyond_json_are_hashed() {
    assert_eq!(hash(vec![("a", Value::Bytes(vec![0, 255]))]), "3ec93b4ffd4d1e332cc762a9d06024d4");
    let nested = Value::Array(vec![
        "x".into(),
        Value::Map(vec![("t".to_owned(), true.into())]),
        (-2.5).into(),
        (-3).into(),
        Value::Empty,
    ]);
    assert_eq!(hash(vec![("a", nested)]), "dae2fed0dffe888c663d52e04b779648");
}

/// A list without attributes, or none at all, is zeros.
#[test]
fn an_empty_list_is_zeros() {
    assert_eq!(MapHasher::default().hash(Attributes::decode(&[])), [0; 16]);
}
