//! The vectors of contrib's own unit tests, which use fewer points than its rings do.

use super::{Order, PointNumber, Shape};
use crate::{Generation, Ring};

fn light(generation: Generation) -> Shape {
    Shape { weight: 5, ..Shape::of(generation).expect("a ring with slots") }
}

fn items(ring: &Ring) -> Vec<(u32, &str)> {
    ring.items().collect()
}

fn slots(ring: &Ring) -> Vec<u32> {
    ring.items().map(|(slot, _)| slot).collect()
}

/// One endpoint of the current generation takes the slots that contrib expects.
#[test]
fn five_points_of_one_endpoint() {
    let ring = Ring::with_shape(light(Generation::Three), &["endpoint-1"]);
    assert_eq!(slots(&ring), [0x4be4, 0x666a, 0xad6f, 0x1a4c1, 0x1bae2]);
}

/// An endpoint that is listed twice takes each of its slots and the one behind it.
#[test]
fn five_points_of_an_endpoint_listed_twice() {
    let ring = Ring::with_shape(light(Generation::Three), &["endpoint-1", "endpoint-1"]);
    let expected = [0x4be4, 0x666a, 0xad6f, 0x1a4c1, 0x1bae2].map(|slot| [slot, slot + 1]);
    assert_eq!(slots(&ring), expected.as_flattened());
    assert_eq!(ring.endpoints(), ["endpoint-1"]);
}

/// Two endpoints of the current generation interleave as contrib expects.
#[test]
fn five_points_of_two_endpoints() {
    let ring = Ring::with_shape(light(Generation::Three), &["endpoint-A", "endpoint-B"]);
    let expected = [
        (0x61a4, "endpoint-B"),
        (0xca91, "endpoint-A"),
        (0x10b72, "endpoint-A"),
        (0x11372, "endpoint-B"),
        (0x116b1, "endpoint-B"),
        (0x11801, "endpoint-A"),
        (0x18a36, "endpoint-B"),
        (0x1af01, "endpoint-B"),
        (0x1af16, "endpoint-A"),
        (0x1e723, "endpoint-A"),
    ];
    assert_eq!(items(&ring), expected);
}

/// When every slot in reach is taken, the point is given up: on a ring of one slot there is one item.
#[test]
fn points_without_a_slot_in_reach_are_dropped() {
    let tiny = Shape { slots: 1, weight: 2, probes: 1, number: PointNumber::Word, order: Order::Slot };
    let ring = Ring::with_shape(tiny, &["a", "b", "c"]);
    assert_eq!(slots(&ring), [0]);
}

/// The first generation takes the slots that contrib expected of it.
#[test]
fn five_points_of_the_first_generation() {
    let first = Ring::with_shape(light(Generation::One), &["endpoint-1"]);
    assert_eq!(slots(&first), [1401, 4175, 14133, 17836, 21667]);
    let second = Ring::with_shape(light(Generation::One), &["endpoint-2"]);
    assert_eq!(slots(&second), [10240, 15002, 21263, 26806, 27020]);
}
