//! The balanced ring: what it promises beside the Collector's.

use proptest::prelude::*;
use sluice_ring::{Generation, Ring};

/// Made by a program of its own, in another language.
const OWNERS: [&str; 12] = [
    "a:4317", "b:4317", "c:4317", "b:4317", "b:4317", "b:4317", "a:4317", "a:4317", "b:4317", "c:4317",
    "c:4317", "a:4317",
];
const FINGERPRINT: u64 = 0x3317_35e8_e7db_7021;

fn named(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("10.0.{}.{}:4317", number / 250, number % 250)).collect()
}

fn ring(endpoints: &[impl AsRef<str>]) -> Ring {
    Ring::new(Generation::Balanced, endpoints)
}

fn owner<'a>(ring: &'a Ring, key: &[u8]) -> &'a str {
    ring.locate(key).map_or("nobody", |endpoint| &ring.endpoints()[endpoint])
}

/// The most keys that an endpoint has by the fewest, of so many sequential ids for each.
fn most_by_fewest(count: usize, keys_each: usize) -> f64 {
    let ring = ring(&named(count));
    let mut loads = vec![0_u32; count];
    for number in 0..(count * keys_each) as u128 {
        let owner = ring.locate(&number.to_be_bytes());
        owner.into_iter().for_each(|endpoint| loads[endpoint] += 1);
    }
    let most = loads.iter().copied().fold(0, u32::max);
    let fewest = loads.iter().copied().fold(u32::MAX, u32::min);
    f64::from(most) / f64::from(fewest)
}

/// From 2 to 200 backends, the one with most keys has at most 5 % more than the one with fewest, and sequential ids,
/// which crowd together on the Collector's ring, spread like others. With 40,000 keys each, chance alone makes
/// 3 % of 200 backends.
#[test]
fn keys_spread_evenly_over_few_and_many() {
    for (count, keys_each) in [(2, 200_000), (3, 200_000), (7, 100_000), (20, 60_000), (200, 40_000)] {
        let ratio = most_by_fewest(count, keys_each);
        assert!(ratio <= 1.05, "{count} backends: most by fewest {ratio}");
    }
}

/// Known owners of known keys: other programs can compute them, and a later release must not move a key.
#[test]
fn owners_stay_from_release_to_release() {
    let ring = ring(&["a:4317", "b:4317", "c:4317"]);
    let owners: Vec<&str> = (0..12_u8).map(|number| owner(&ring, &[number; 16])).collect();
    assert_eq!(owners, OWNERS);
    assert_eq!(ring.fingerprint(), FINGERPRINT);
}

/// An endpoint that is listed twice counts once.
#[test]
fn a_second_listing_changes_nothing() {
    assert_eq!(ring(&["a", "b", "a"]), ring(&["b", "a"]));
    assert_eq!(ring(&["a", "b", "a"]).shares(), [0.5, 0.5]);
}

/// Nobody has a key where there is nobody.
#[test]
fn an_empty_ring_has_no_owner() {
    let ring = ring(&[] as &[&str]);
    assert_eq!((ring.locate(b"key"), ring.is_empty(), ring.shares().len()), (None, true, 0));
}

/// It has no slots to show, and is no other ring.
#[test]
fn it_is_not_one_of_the_collectors_rings() {
    let ring = ring(&["a", "b"]);
    assert_eq!((ring.position(b"key"), ring.items().count()), (None, 0));
    assert_ne!(ring, Ring::new(Generation::Three, &["a", "b"]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// When one of N leaves, its keys move, which are 1/N of all but for chance, and no other.
    #[test]
    fn only_the_keys_of_one_that_leaves_move(count in 2_usize..60, at: prop::sample::Index) {
        let mut endpoints = named(count);
        let before = ring(&endpoints);
        let leaving = endpoints.remove(at.index(count));
        let after = ring(&endpoints);
        let keys = 1_000 * count as u128;
        let mut moved = 0;
        for number in 0..keys {
            let key = number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834).to_be_bytes();
            let (old, new) = (owner(&before, &key), owner(&after, &key));
            prop_assert!(old == new || old == leaving, "a key of {} went to {}", old, new);
            moved += u32::from(old != new);
        }
        // 1,000 are expected; six standard deviations are 190.
        prop_assert!((810..1190).contains(&moved), "{} of {} keys moved", moved, keys);
    }

    /// The order in which endpoints are listed does not matter.
    #[test]
    fn the_order_of_endpoints_does_not_matter(
        (listed, shuffled) in prop::collection::btree_set("[a-z]{1,8}", 1..20).prop_flat_map(|texts| {
            let listed: Vec<String> = texts.into_iter().collect();
            (Just(listed.clone()), Just(listed).prop_shuffle())
        }),
        keys in prop::collection::vec(any::<[u8; 16]>(), 50),
    ) {
        let (one, other) = (ring(&listed), ring(&shuffled));
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(one.fingerprint(), other.fingerprint());
        for key in keys {
            prop_assert_eq!(owner(&one, &key), owner(&other, &key));
        }
    }
}
