use super::{Cache, MAX_BYTES, MAX_TEXT};

/// Asks for a text; answers whether its result had to be worked out.
fn missed(cache: &mut Cache, text: &[u8]) -> bool {
    let mut missed = false;
    let matched = cache.get_or(text, || {
        missed = true;
        text.len().is_multiple_of(2)
    });
    assert_eq!(matched, text.len().is_multiple_of(2), "what is remembered is what was worked out");
    missed
}

/// What is seen again and again is worked out once, however many others come between.
#[test]
fn what_is_seen_often_stays() {
    let mut cache = Cache::new(8);
    assert!(missed(&mut cache, b"often"));
    for number in 0..1000 {
        assert!(missed(&mut cache, format!("other {number}").as_bytes()));
        assert!(!missed(&mut cache, b"often"));
    }
}

/// No more texts are held than was said, nor more bytes of them.
#[test]
fn it_is_bounded() {
    let mut cache = Cache::new(8);
    for number in 0..1000 {
        missed(&mut cache, format!("text {number}").as_bytes());
        assert!(cache.young.len() + cache.old.len() <= 8);
    }
    let mut cache = Cache::new(usize::MAX);
    for number in 0..2000 {
        missed(&mut cache, format!("{number:0MAX_TEXT$}").as_bytes());
        let held: usize = cache.young.keys().chain(cache.old.keys()).map(Vec::len).sum();
        assert!(held <= 2 * MAX_BYTES);
    }
}

/// A text that is longer than is remembered is worked out each time.
#[test]
fn long_texts_are_not_remembered() {
    let mut cache = Cache::new(8);
    let long = vec![b'x'; MAX_TEXT + 1];
    assert!(missed(&mut cache, &long));
    assert!(missed(&mut cache, &long));
}
