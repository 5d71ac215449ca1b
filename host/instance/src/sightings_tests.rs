use super::{Known, REMEMBERED, Seen, Sightings};
use crate::InstanceId;

impl Sightings {
    /// Asked for and answered at once.
    fn ask(&mut self, id: u64) -> Seen {
        self.see(self.changes(), InstanceId(id))
    }
}

/// One instance stays one, however often it answers.
#[test]
fn the_same_instance_is_one() {
    let mut sightings = Sightings::default();
    assert_eq!(sightings.known(), Known::Nothing);
    assert!((0..100).all(|_| sightings.ask(1) == Seen::Same));
    assert_eq!(sightings.known(), Known::One);
}

/// An instance that is restarted, again and again, has a new id each time, and is still one.
#[test]
fn restarts_are_not_several() {
    let mut sightings = Sightings::default();
    assert_eq!(sightings.ask(0), Seen::Same);
    for id in 1..1_000 {
        assert_eq!(sightings.ask(id), Seen::Other);
        assert!(Seen::Other.ask_again());
        assert_eq!(sightings.ask(id), Seen::Same);
        assert_eq!(sightings.known(), Known::One);
        assert!(sightings.before.len() <= REMEMBERED);
    }
}

/// An instance that answers again after another is told once, and remains true.
#[test]
fn an_instance_that_comes_back_is_one_of_several() {
    let mut sightings = Sightings::default();
    let answers = [1, 2, 3, 1, 2, 4, 1].map(|id| sightings.ask(id));
    let same = Seen::Same;
    assert_eq!(answers, [same, Seen::Other, Seen::Other, Seen::Several, same, same, same]);
    assert_eq!(sightings.known(), Known::Several);
    assert!(sightings.before.is_empty());
}

/// As many as are remembered are recognised.
#[test]
fn the_oldest_that_is_remembered_is_recognised() {
    let mut sightings = Sightings::default();
    for id in 0..=REMEMBERED as u64 {
        sightings.ask(id);
    }
    assert_eq!(sightings.ask(0), Seen::Several);
}

/// The last answer of an instance that goes may come after the first of the one in its place: neither that, nor what
/// follows, is taken for a return.
#[test]
fn answers_that_overtake_each_other_are_not_several() {
    let mut sightings = Sightings::default();
    let before = sightings.changes();
    assert_eq!(sightings.ask(2), Seen::Same);
    assert_eq!(sightings.see(before, InstanceId(1)), Seen::Late);
    assert!(Seen::Late.ask_again());
    assert_eq!(sightings.ask(2), Seen::Same);

    let before = sightings.changes();
    assert_eq!(sightings.ask(3), Seen::Other);
    assert_eq!(sightings.see(before, InstanceId(2)), Seen::Late);
    assert_eq!(sightings.ask(3), Seen::Same);
    assert_eq!(sightings.known(), Known::One);
}
