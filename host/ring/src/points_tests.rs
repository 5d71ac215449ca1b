use super::Points;
use crate::placing::FREE;

fn points(slots: u32, taken: &[u32]) -> Points {
    let mut owners = vec![FREE; slots as usize];
    for &slot in taken {
        owners[slot as usize] = slot;
    }
    Points::new(&owners)
}

/// The look-up finds the first point at or behind the slot, and wraps round to the first: contrib's own vectors.
#[test]
fn finds_the_first_point_at_or_behind_the_slot() {
    let points = points(360, &[14, 25, 33, 47, 56, 121, 134, 158, 240, 270, 350]);
    for (slot, owner) in [(85, 121), (14, 14), (351, 14), (270, 270), (271, 350), (0, 14), (359, 14)] {
        assert_eq!(points.owner(slot), Some(owner), "slot {slot}");
    }
}

/// Points on the first and last bit of a word are found from every slot, and come out in order.
#[test]
fn points_on_the_edges_of_words_are_found() {
    let taken = [0, 63, 64, 127, 128, 199];
    let points = points(200, &taken);
    for slot in 0..200 {
        let expected = taken.into_iter().find(|point| *point >= slot);
        assert_eq!(points.owner(slot), expected, "slot {slot}");
    }
    assert_eq!(points.iter().collect::<Vec<_>>(), taken.map(|slot| (slot, slot)));
}

/// Without points, no slot has an owner.
#[test]
fn nobody_owns_an_empty_ring() {
    assert_eq!(points(100, &[]).owner(7), None);
    assert_eq!(points(100, &[]).iter().next(), None);
}
