use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;

use super::retry_after;

/// RFC 9110's own example: 06 Nov 1994 08:49:37 GMT.
const EXAMPLE: u64 = 784_111_777;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Seconds, and dates in all three forms, are the time from now on; a date that is past is now.
#[test]
fn every_form_is_read() {
    let now = at(EXAMPLE - 90);
    for (value, expected) in [
        ("0", 0),
        ("120", 120),
        (" 7\t", 7),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 90),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 90),
        ("Sun Nov  6 08:49:37 1994", 90),
        ("Sun, 06 Nov 1994 08:40:00 GMT", 0),
        ("99999999999999999999999", u64::MAX),
    ] {
        assert_eq!(retry_after(value.as_bytes(), now), Some(Duration::from_secs(expected)), "{value}");
    }
}

/// What is neither is as good as no header.
#[test]
fn what_is_neither_is_nothing() {
    for value in ["", " ", "-1", "1.5", "+1", "soon", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994"] {
        assert_eq!(retry_after(value.as_bytes(), at(EXAMPLE)), None, "{value}");
    }
    assert_eq!(retry_after(b"\xff", at(EXAMPLE)), None);
}

proptest! {
    /// Any date that a server can write is found again, to the second.
    #[test]
    fn a_written_date_is_read(now in 0..250_000_000_000_u64, wait in 0..2_000_000_u64) {
        let date = httpdate::fmt_http_date(at(now + wait));
        prop_assert_eq!(retry_after(date.as_bytes(), at(now)), Some(Duration::from_secs(wait)));
    }

    /// No bytes harm, whatever the clock says.
    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..60), now in 0..250_000_000_000_u64) {
        let _ = retry_after(&bytes, at(now));
    }

    /// Nor do dates that are nearly good.
    #[test]
    fn almost_dates_do_no_harm(text in "[A-Z][a-z]{2,5}, [0-9]{1,2}[ -][A-Z][a-z]{2}[ -][0-9]{2,4} [0-9:]{5,8} GMT") {
        let _ = retry_after(text.as_bytes(), at(EXAMPLE));
    }
}
