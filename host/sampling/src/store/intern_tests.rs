use super::*;

/// Guarantees: equal headers are one, and go with their last user; numbers and bytes are given back.
#[test]
fn a_header_is_held_once() {
    let mut headers = Headers::new();
    let (a, b) = (headers.hold(b"a"), headers.hold(b"b"));
    assert_eq!((headers.hold(b"a"), headers.len()), (a, 2));
    headers.hold_again(a);
    for _ in 0..2 {
        assert_eq!(headers.release(a), None);
        assert_eq!(headers.get(a), b"a");
    }
    assert_eq!(headers.release(a), None);
    assert_eq!((headers.len(), headers.bytes()), (1, 1 + OVERHEAD));
    assert_eq!(headers.hold(b"c"), a, "the number is used again");
    assert_eq!((headers.get(a), headers.get(b)), (&b"c"[..], &b"b"[..]));
    assert_eq!((headers.release(a), headers.release(b)), (None, None));
    assert_eq!((headers.len(), headers.bytes()), (0, 0));
}

/// Guarantees: the same bytes below different headers are two headers; whoever held the one above is told when the last
/// user has gone.
#[test]
fn a_header_stands_below_one() {
    let mut headers = Headers::new();
    let (one, is_new) = headers.hold_below(7, b"a");
    assert_eq!((is_new, headers.hold_below(7, b"a")), (true, (one, false)));
    let (other, is_new) = headers.hold_below(8, b"a");
    assert!(is_new && other != one && headers.hold(b"a") != one);
    assert_eq!((headers.above(one), headers.above(other)), (7, 8));
    assert_eq!(
        [headers.release(one), headers.release(one), headers.release(other)],
        [None, Some(7), Some(8)]
    );
    assert_eq!(headers.len(), 1);
}
