use std::time::Duration;

use http::HeaderValue;

use super::parse;

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
