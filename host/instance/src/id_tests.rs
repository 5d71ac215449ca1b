use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::{HEADER, InstanceId, QUESTION, answer};

fn with(value: HeaderValue) -> HeaderMap {
    HeaderMap::from_iter([(HEADER, value)])
}

/// Who asks gets the same id each time, who does not gets none.
#[test]
fn an_id_is_told_to_who_asks() {
    let told = answer(&with(QUESTION)).unwrap();
    assert_eq!(told.len(), 16);
    assert_eq!(answer(&with(HeaderValue::from_static(""))), Some(told.clone()));
    assert_eq!(answer(&HeaderMap::new()), None);
    assert_eq!(InstanceId::of(&with(told.clone())).unwrap().to_string(), told.to_str().unwrap());
}

/// Anything but 16 hex digits is no id.
#[test]
fn what_is_no_id_is_passed_over() {
    assert_eq!(InstanceId::of(&HeaderMap::new()), None);
    for text in ["", "?", "+123456789abcdef", "123456789abcdef", "0123456789abcdef0", "0123456789abcdeg"] {
        assert_eq!(InstanceId::of(&with(HeaderValue::from_static(text))), None, "{text}");
    }
}

proptest! {
    /// Every id is read as it was written.
    #[test]
    fn an_id_is_read_as_it_was_written(id: u64) {
        let id = InstanceId(id);
        prop_assert_eq!(InstanceId::of(&with(HeaderValue::try_from(id.to_string()).unwrap())), Some(id));
    }

    /// No value does more than to be no id.
    #[test]
    fn no_value_is_trouble(value: Vec<u8>) {
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            let id = InstanceId::of(&with(value.clone()));
            prop_assert!(id.is_none_or(|id| id.to_string().as_bytes().eq_ignore_ascii_case(value.as_bytes())));
        }
    }
}
