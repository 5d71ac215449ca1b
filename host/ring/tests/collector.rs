//! The rings that a real Collector made (contrib v0.161.0, recorded in `data/ring_vectors.json`).
#![allow(clippy::unwrap_used, reason = "a helper that fails, fails its test")]

use serde_json::Value;
use sha2::{Digest, Sha256};
use sluice_ring::{Generation, Ring};

fn vectors() -> Value {
    serde_json::from_str(include_str!("data/ring_vectors.json")).unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn sha256_of_items(ring: &Ring) -> String {
    let text: String = ring.items().map(|(slot, endpoint)| format!("{slot} {endpoint}\n")).collect();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every point of every recorded ring is where the Collector put it, none more and none less.
#[test]
fn rings_are_those_of_the_collector() {
    let vectors = vectors();
    let weight = vectors["constants"]["weight"].as_u64().unwrap();
    for recorded in vectors["rings"].as_array().unwrap() {
        let resolved = texts(&recorded["resolved"]);
        let ring = Ring::new(Generation::Three, &resolved);
        let name = &recorded["name"];

        let items = ring.items().count() as u64;
        assert_eq!(items, recorded["ring_items"], "{name}");
        assert_eq!(weight * resolved.len() as u64 - items, recorded["dropped"], "{name}");
        assert_eq!(sha256_of_items(&ring), recorded["ring_sha256"], "{name}");
        for (item, expected) in ring.items().zip(recorded["first_items"].as_array().unwrap()) {
            assert_eq!(item.0, expected["pos"], "{name}");
            assert_eq!(item.1, expected["endpoint"], "{name}");
        }
    }
}

/// Every recorded key (trace ids and texts, the empty one too) has the endpoint that the Collector chose.
#[test]
fn keys_are_where_the_collector_puts_them() {
    let vectors = vectors();
    let keys: Vec<Vec<u8>> =
        vectors["keys"].as_array().unwrap().iter().map(|key| bytes(key["hex"].as_str().unwrap())).collect();
    for recorded in vectors["rings"].as_array().unwrap() {
        let ring = Ring::new(Generation::Three, &texts(&recorded["resolved"]));
        for (key, expected) in keys.iter().zip(texts(&recorded["ring_endpoint"])) {
            let owner = ring.locate(key).map(|endpoint| ring.endpoints()[endpoint].as_str());
            assert_eq!(owner, Some(expected), "{} {key:02x?}", recorded["name"]);
        }
    }
}

/// Contrib's own unit test of the look-up: slot and owner of two trace ids on a ring of two.
#[test]
fn trace_ids_of_contribs_unit_test() {
    let ring = Ring::new(Generation::Three, &["endpoint-1", "endpoint-2"]);
    assert_eq!(ring.items().count(), 400);
    for (id, slot, owner) in [([1, 2, 0, 0], 47445, "endpoint-2"), ([0x80, 0x80, 0, 0], 35131, "endpoint-1")]
    {
        assert_eq!(ring.position(&id), Some(slot));
        assert_eq!(ring.locate(&id).map(|endpoint| ring.endpoints()[endpoint].as_str()), Some(owner));
    }
}

/// Three hundred endpoints keep all of their 60,000 points, as contrib asserts; seven hundred lose 10,988.
#[test]
fn points_are_lost_only_when_the_ring_is_full() {
    let named = |count: u32| (1..=count).map(|number| format!("endpoint-{number}")).collect::<Vec<_>>();
    assert_eq!(Ring::new(Generation::Three, &named(300)).items().count(), 60_000);
    assert!(Ring::new(Generation::Three, &named(700)).items().count() < 131_071);
}
