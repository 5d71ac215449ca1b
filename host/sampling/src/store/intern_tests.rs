use super::*;

/// Guarantees: equal headers are one, and go with their last user; numbers and bytes are given back.
#[test]
fn a_header_is_held_once() {
    let mut headers = Headers::new();
    let (a, b) = (headers.hold(b"a"), headers.hold(b"b"));
    assert_eq!((headers.hold(b"a"), headers.len()), (a, 2));
    headers.hold_again(a);
    for _ in 0..2 {
        headers.release(a);
        assert_eq!(headers.get(a), b"a");
    }
    headers.release(a);
    assert_eq!((headers.len(), headers.bytes()), (1, 1 + OVERHEAD));
    assert_eq!(headers.hold(b"c"), a, "the number is used again");
    assert_eq!((headers.get(a), headers.get(b)), (&b"c"[..], &b"b"[..]));
    headers.release(a);
    headers.release(b);
    assert_eq!((headers.len(), headers.bytes()), (0, 0));
}
