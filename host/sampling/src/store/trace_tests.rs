use super::*;

fn id(number: u8) -> [u8; 16] {
    [number; 16]
}

fn add(traces: &mut Traces, number: u8) -> TraceKey {
    traces.add(id(number), Duration::ZERO, 0, 1)
}

/// Guarantees: a trace is found by its id as long as it is there, and a key of one that is gone finds nothing, though
/// its place is taken by another.
#[test]
fn keys_outlive_their_traces_harmlessly() {
    let mut traces = Traces::with_capacity(0);
    let first = add(&mut traces, 1);
    assert_eq!(traces.find(&id(1)), Some(first));
    assert!(traces.remove(first).is_some());
    let second = add(&mut traces, 2);
    assert_eq!(second.slot, first.slot);
    assert!(traces.get(first).is_none() && traces.remove(first).is_none());
    assert_eq!((traces.find(&id(1)), traces.find(&id(2))), (None, Some(second)));
}

/// Guarantees: the oldest is the oldest that is still there.
#[test]
fn age_passes_over_what_is_gone() {
    let mut traces = Traces::with_capacity(0);
    let keys = [1, 2, 3].map(|number| add(&mut traces, number));
    traces.remove(keys[1]);
    assert_eq!(traces.oldest(), Some(keys[0]));
    traces.remove(keys[0]);
    assert_eq!(traces.oldest(), Some(keys[2]));
    assert_eq!(traces.keys(), [keys[2]]);
    traces.remove(keys[2]);
    assert_eq!(traces.oldest(), None);
}

/// Guarantees: bytes and spans go up with what comes and down to nothing with what goes.
#[test]
fn what_is_held_is_accounted_for() {
    let mut traces = Traces::with_capacity(0);
    let key = add(&mut traces, 1);
    traces.append(key, Piece::new(Around { resource: 3, scope: 4 }, b"spans"), 2);
    let piece = &traces.get(key).expect("it is there").pieces[0];
    assert_eq!((piece.resource(), piece.scope(), piece.spans()), (3, 4, &b"spans"[..]));
    assert_eq!((traces.spans(), traces.bytes()), (2, TRACE + IDS + 5 + size_of::<Piece>()));
    traces.remove(key);
    assert_eq!((traces.spans(), traces.bytes(), traces.len()), (0, 0, 0));
}
