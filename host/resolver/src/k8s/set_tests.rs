use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{EndpointSet, MOST_ENDPOINTS, TooMany};
use crate::k8s::slice::{Doubts, Reading};

fn reading(endpoints: impl IntoIterator<Item = impl ToString>) -> Reading {
    Reading {
        endpoints: endpoints.into_iter().map(|text| text.to_string()).collect(),
        doubts: Doubts::default(),
    }
}

/// An address that two slices name stays until both drop it.
#[test]
fn an_address_of_two_slices_stays_until_both_drop_it() {
    let mut set = EndpointSet::default();
    set.put("a".to_owned(), reading(["10.0.0.2", "10.0.0.1"]));
    set.put("b".to_owned(), reading(["10.0.0.1"]));
    assert_eq!(set.endpoints().unwrap(), ["10.0.0.1", "10.0.0.2"]);
    set.put("a".to_owned(), reading(["10.0.0.2"]));
    assert_eq!(set.endpoints().unwrap(), ["10.0.0.1", "10.0.0.2"]);
    set.remove("b");
    assert_eq!(set.endpoints().unwrap(), ["10.0.0.2"]);
}

/// Until a list is complete the one before holds; what is not on it is gone then; one that broke off leaves nothing.
#[test]
fn a_list_replaces_the_one_before_when_it_is_complete() {
    let mut set = EndpointSet::default();
    set.put("a".to_owned(), reading(["1"]));
    set.begin();
    set.list("b".to_owned(), reading(["2"]));
    assert_eq!(set.endpoints().unwrap(), ["1"]);
    set.begin();
    set.list("c".to_owned(), reading(["3"]));
    set.end();
    assert_eq!(set.endpoints().unwrap(), ["3"]);
    set.end();
    assert_eq!(set.endpoints().unwrap(), ["3"], "nothing has begun");
}

/// A set that outgrows its bound yields no list, rather than a part of one, until it is listed anew.
#[test]
fn more_than_there_is_room_for_is_no_list() {
    let mut set = EndpointSet::default();
    set.put("a".to_owned(), reading(0..MOST_ENDPOINTS));
    assert_eq!(set.endpoints().unwrap().len(), MOST_ENDPOINTS);
    set.put("b".to_owned(), reading(["x"]));
    assert_eq!(set.endpoints(), Err(TooMany));
    set.remove("a");
    assert_eq!(set.endpoints(), Err(TooMany));
    set.begin();
    set.list("b".to_owned(), reading(["x"]));
    set.end();
    assert_eq!(set.endpoints().unwrap(), ["x"]);
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, BTreeSet<u8>),
    Remove(u8),
    List(Vec<(u8, BTreeSet<u8>)>, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let addresses = || prop::collection::btree_set(0..20_u8, 0..8);
    prop_oneof![
        (0..6_u8, addresses()).prop_map(|(slice, addresses)| Step::Put(slice, addresses)),
        (0..6_u8).prop_map(Step::Remove),
        (prop::collection::vec((0..6_u8, addresses()), 0..6), any::<bool>())
            .prop_map(|(slices, is_whole)| Step::List(slices, is_whole)),
    ]
}

proptest! {
    /// Whatever happens, in whatever order: the list is what the slices of now name, each once, sorted.
    #[test]
    fn the_list_is_what_the_slices_name(steps in prop::collection::vec(step(), 0..60)) {
        let mut set = EndpointSet::default();
        let mut slices: BTreeMap<u8, BTreeSet<u8>> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Put(slice, addresses) => {
                    set.put(slice.to_string(), reading(&addresses));
                    slices.insert(slice, addresses);
                }
                Step::Remove(slice) => {
                    set.remove(&slice.to_string());
                    slices.remove(&slice);
                }
                Step::List(listed, is_whole) => {
                    set.begin();
                    listed.iter().for_each(|(slice, addresses)| set.list(slice.to_string(), reading(addresses)));
                    if is_whole {
                        set.end();
                        slices = listed.into_iter().collect();
                    }
                }
            }
            let expected: BTreeSet<String> = slices.values().flatten().map(u8::to_string).collect();
            prop_assert_eq!(set.endpoints().unwrap(), expected.into_iter().collect::<Vec<_>>());
        }
    }
}
