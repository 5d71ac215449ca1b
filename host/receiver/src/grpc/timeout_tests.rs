use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::{deadline, parse};

fn parsed(text: &'static str) -> Option<Duration> {
    parse(&HeaderValue::from_static(text))
}

/// All units of the gRPC specification are read.
#[test]
fn units_are_read() {
    assert_eq!(parsed("2H"), Some(Duration::from_secs(7200)));
    assert_eq!(parsed("3M"), Some(Duration::from_secs(180)));
    assert_eq!(parsed("5S"), Some(Duration::from_secs(5)));
    assert_eq!(parsed("100m"), Some(Duration::from_millis(100)));
    assert_eq!(parsed("7u"), Some(Duration::from_micros(7)));
    assert_eq!(parsed("99999999n"), Some(Duration::from_nanos(99_999_999)));
}

/// What is no timeout is none, and never a panic.
#[test]
fn nonsense_is_no_timeout() {
    for text in ["", "S", "1", "1s", "-1S", "1.5S", "123456789S", " 1S", "1\tS"] {
        assert_eq!(parsed(text), None, "{text:?}");
    }
}

proptest! {
    /// Whatever a client writes there is a time to come or none, and what the protocol allows is read.
    #[test]
    fn any_value_is_answered(noise in prop::collection::vec(any::<u8>(), 0..20), amount in 0_u64..100_000_000) {
        let now = Instant::now();
        let of = |value: &[u8]| {
            let value = HeaderValue::from_bytes(value).ok()?;
            deadline(&HeaderMap::from_iter([(HeaderName::from_static("grpc-timeout"), value)]), now)
        };
        prop_assert!(of(&noise).is_none_or(|deadline| deadline >= now));
        prop_assert_eq!(of(format!("{amount}m").as_bytes()), Some(now + Duration::from_millis(amount)));
    }
}
