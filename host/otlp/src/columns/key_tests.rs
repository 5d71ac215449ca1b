use super::{Key, tail};

fn is(wanted: &str, key: &str) -> bool {
    Key::new(wanted).is(key.as_bytes(), tail(key.as_bytes()))
}

/// A key is itself and nothing else, however much of it another shares.
#[test]
fn a_key_is_only_itself() {
    let keys = ["", "a", "ab", "ba", "\0a", "12345678", "x12345678", "y12345678", "http.route", "http.routs"];
    for wanted in keys {
        for key in keys {
            assert_eq!(is(wanted, key), wanted == key, "{wanted:?} {key:?}");
        }
    }
}
