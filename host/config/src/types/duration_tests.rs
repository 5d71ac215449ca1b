use std::time::Duration;

use proptest::prelude::*;

use super::{DurationError, format_duration, parse_duration};

/// What Go's `time.ParseDuration` takes has Go's value.
#[test]
fn durations_of_go_are_read() {
    for (text, nanos) in [
        ("0", 0),
        ("0s", 0),
        ("-0", 0),
        ("-0s", 0),
        ("+5s", 5_000_000_000),
        ("5s", 5_000_000_000),
        ("200ms", 200_000_000),
        ("1.5h", 5_400_000_000_000),
        ("1h2m3.5s", 3_723_500_000_000),
        (".5s", 500_000_000),
        ("5.s", 5_000_000_000),
        ("1us", 1_000),
        ("1\u{b5}s", 1_000),
        ("1\u{3bc}s", 1_000),
        ("10ns", 10),
        ("0.3ns", 0),
        ("3m3m", 360_000_000_000),
        ("0.100000000000000000000h", 360_000_000_000),
        ("9223372036854775807ns", 9_223_372_036_854_775_807),
        ("2562047h47m16.854775807s", 9_223_372_036_854_775_807),
    ] {
        assert_eq!(parse_duration(text), Ok(Duration::from_nanos(nanos)), "{text}");
    }
}

/// What is no duration says why, and what to write.
#[test]
fn everything_else_says_why() {
    let malformed = |text: &str| DurationError::Malformed(text.to_owned());
    let unknown =
        |unit: &str, text: &str| DurationError::UnknownUnit { unit: unit.to_owned(), text: text.to_owned() };
    for (text, error) in [
        ("", malformed("")),
        ("-", malformed("-")),
        ("five", malformed("five")),
        (".s", malformed(".s")),
        ("1s2", malformed("1s2")),
        ("5 s", unknown(" s", "5 s")),
        ("--5s", malformed("--5s")),
        ("5", DurationError::NoUnit("5".to_owned())),
        ("1.5", DurationError::NoUnit("1.5".to_owned())),
        ("5d", unknown("d", "5d")),
        ("1h5x", unknown("x", "1h5x")),
        ("5S", unknown("S", "5S")),
        ("-5s", DurationError::Negative("-5s".to_owned())),
        ("9223372036854775808ns", DurationError::TooLong("9223372036854775808ns".to_owned())),
        (
            "99999999999999999999999999999999999999999999h",
            DurationError::TooLong("99999999999999999999999999999999999999999999h".to_owned()),
        ),
    ] {
        assert_eq!(parse_duration(text), Err(error), "{text}");
    }
}

/// Durations are written with the units that they need and no others.
#[test]
fn durations_are_written_briefly() {
    for (nanos, text) in [
        (0, "0s"),
        (5_000_000_000, "5s"),
        (300_000_000_000, "5m"),
        (3_600_000_000_000, "1h"),
        (5_400_000_000_000, "1h30m"),
        (3_723_500_000_000, "1h2m3.5s"),
        (200_000_000, "200ms"),
        (1_500_000_000, "1.5s"),
        (1_500_000, "1500us"),
        (1_001, "1001ns"),
    ] {
        assert_eq!(format_duration(Duration::from_nanos(nanos)), text);
    }
}

proptest! {
    /// What is written is read as the same duration.
    #[test]
    fn what_is_written_is_read_again(nanos in 0..=i64::MAX as u64) {
        let duration = Duration::from_nanos(nanos);
        prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
    }

    /// No text makes the reader panic.
    #[test]
    fn any_text_is_answered(text in "[-+0-9.a-z\u{b5} ]{0,60}") {
        drop(parse_duration(&text));
    }
}
