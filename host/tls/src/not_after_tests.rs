use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sluice_tests::certificates::Authority;

use super::{GENERALIZED_TIME, UTC_TIME, days, not_after, time};

/// What rcgen writes is read to the second, before 2050 and after it, where the form is another one.
#[test]
fn a_certificate_is_read() {
    let authority = Authority::new("authority");
    for left in [1, 30, 365, 20_000] {
        let left = Duration::from_secs(left * 24 * 60 * 60);
        let certified = authority.sign_for("server.test", left);
        let der = CertificateDer::from_pem_slice(certified.certificate.as_bytes()).unwrap();
        let expected = (SystemTime::now() + left).duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
        let seconds = not_after(&der).unwrap();
        assert!((expected - 60..=expected).contains(&seconds), "{seconds}, not {expected}");
    }
}

/// Both forms of a time, at the edges of years and of the century that two digits mean.
#[test]
fn times_are_read() {
    let cases: [(u8, &[u8], i64); 6] = [
        (UTC_TIME, b"700101000000Z", 0),
        (UTC_TIME, b"491231235959Z", 2_524_607_999),
        (UTC_TIME, b"500101000000Z", -631_152_000),
        (GENERALIZED_TIME, b"20500101000000Z", 2_524_608_000),
        (GENERALIZED_TIME, b"20240229123456Z", 1_709_210_096),
        (GENERALIZED_TIME, b"99991231235959Z", 253_402_300_799),
    ];
    for (tag, text, seconds) in cases {
        assert_eq!(time(tag, text), Some(seconds), "{}", text.escape_ascii());
    }
    for text in [&b"700101000000"[..], b"7001010000Z", b"701301000000Z", b"7001a1000000Z", b"Z", b""] {
        assert_eq!(time(UTC_TIME, text), None, "{}", text.escape_ascii());
    }
    assert_eq!(time(0x04, b"700101000000Z"), None);
}

proptest! {
    /// Each day follows the one before it.
    #[test]
    fn days_follow_each_other(year in 1950_i64..9999, month in 1_i64..=12) {
        let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let length = days(next_year, next_month, 1) - days(year, month, 1);
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let expected = match month {
            2 => if is_leap { 29 } else { 28 },
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        prop_assert_eq!(length, expected);
    }

    /// No bytes make it fail; what is cut off has no answer, or the true one.
    #[test]
    fn any_bytes_are_answered(noise in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..600) {
        let _ = not_after(&noise);
        let certified = Authority::new("authority").sign("server.test");
        let der = CertificateDer::from_pem_slice(certified.certificate.as_bytes()).unwrap();
        let whole = not_after(&der);
        prop_assert!(whole.is_some());
        prop_assert!([None, whole].contains(&not_after(&der[..cut.min(der.len())])));
    }
}
