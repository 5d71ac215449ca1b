//! What holds for every ring, whatever its endpoints.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sluice_ring::{Generation, Ring};

const GENERATIONS: [Generation; 3] = [Generation::One, Generation::Two, Generation::Three];

fn generation() -> impl Strategy<Value = Generation> {
    prop::sample::select(&GENERATIONS[..])
}

fn endpoints(most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[a-z]{1,8}(:[0-9]{4})?", 1..most)
        .prop_map(|texts: BTreeSet<String>| texts.into_iter().collect())
}

/// The owner of every slot that has one at or behind it, worked out the slow way.
fn owners(ring: &Ring, slots: u32) -> Vec<String> {
    let items: Vec<(u32, &str)> = ring.items().collect();
    let mut owners = Vec::with_capacity(slots as usize);
    let mut next = 0;
    for slot in 0..slots {
        while next < items.len() && items[next].0 < slot {
            next += 1;
        }
        owners.push(items[next % items.len()].1.to_owned());
    }
    owners
}

fn slots(generation: Generation) -> u32 {
    if generation == Generation::Three { 131_071 } else { 36_000 }
}

/// For each slot, whether it lies in a run of two or more taken slots that holds a point of `leaving`.
fn in_a_run_with(ring: &Ring, leaving: &str, slots: u32) -> Vec<bool> {
    let mut taken: Vec<Option<&str>> = vec![None; slots as usize];
    for (slot, endpoint) in ring.items() {
        taken[slot as usize] = Some(endpoint);
    }
    let mut marked = vec![false; slots as usize];
    for (slot, _) in ring.items().filter(|(_, endpoint)| *endpoint == leaving) {
        let behind = (slot..slot + slots).map(|slot| (slot % slots) as usize);
        let before = (slot + 1..=slot + slots).rev().map(|slot| (slot % slots) as usize);
        behind.take_while(|slot| taken[*slot].is_some()).for_each(|slot| marked[slot] = true);
        before.take_while(|slot| taken[*slot].is_some()).for_each(|slot| marked[slot] = true);
    }
    marked
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Rings of the same endpoints are equal and have one fingerprint, in whatever order these are listed.
    #[test]
    fn the_order_of_endpoints_does_not_matter(
        generation in generation(),
        (listed, shuffled) in endpoints(20).prop_flat_map(|listed| {
            (Just(listed.clone()), Just(listed).prop_shuffle())
        }),
    ) {
        let ring = Ring::new(generation, &listed);
        let other = Ring::new(generation, &shuffled);
        prop_assert_eq!(&ring, &other);
        prop_assert_eq!(ring.fingerprint(), other.fingerprint());
    }

    /// The look-up agrees with a walk over the items, for every key.
    #[test]
    fn look_ups_agree_with_the_items(
        generation in generation(), listed in endpoints(20), keys in prop::collection::vec(any::<[u8; 16]>(), 50),
    ) {
        let ring = Ring::new(generation, &listed);
        let owners = owners(&ring, slots(generation));
        for key in keys {
            let owner = &ring.endpoints()[ring.locate(&key).unwrap()];
            prop_assert_eq!(owner, &owners[ring.position(&key).unwrap() as usize]);
        }
    }

    /// A backend that leaves moves its own keys. Of the others' keys only those may move whose slot lies in
    /// an unbroken run of taken slots with one of its points: others were pushed out of their places there,
    /// and move back. Without probing, in the first generation, no other key moves.
    #[test]
    fn a_leaving_backend_moves_only_its_own_keys(generation in generation(), listed in endpoints(40), at: prop::sample::Index) {
        prop_assume!(listed.len() > 1);
        let mut rest = listed.clone();
        let leaving = rest.remove(at.index(listed.len()));
        let (full, reduced) = (Ring::new(generation, &listed), Ring::new(generation, &rest));

        let slots = slots(generation);
        let (before, after) = (owners(&full, slots), owners(&reduced, slots));
        let in_a_run = in_a_run_with(&full, &leaving, slots);
        for slot in 0..slots as usize {
            let moved = before[slot] != leaving && before[slot] != after[slot];
            let may_move = in_a_run[slot] && generation != Generation::One;
            prop_assert!(!moved || may_move, "slot {} went from {} to {}", slot, before[slot], after[slot]);
        }
    }

    /// Each endpoint's share is the part of all slots that it owns.
    #[test]
    fn shares_are_parts_of_the_key_space(generation in generation(), listed in endpoints(10)) {
        let ring = Ring::new(generation, &listed);
        let slots = slots(generation);
        let owners = owners(&ring, slots);
        for (endpoint, share) in ring.endpoints().iter().zip(ring.shares()) {
            let owned = owners.iter().filter(|owner| *owner == endpoint).count();
            prop_assert!((share - owned as f64 / f64::from(slots)).abs() < 1e-9);
        }
    }
}
