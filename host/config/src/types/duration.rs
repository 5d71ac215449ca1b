//! Durations as Go writes them: `1h2m3.5s`, `200ms`.

use std::time::Duration;

use thiserror::Error;

/// The longest that Go can say: 2^63 - 1 nanoseconds, some 292 years.
const MAX_NANOS: u128 = i64::MAX as u128;

/// Decimals beyond these are below a nanosecond for every unit up to the hour.
const MAX_DECIMALS: usize = 16;

/// The units, longer names before their beginnings; the two spellings of micro are U+00B5 and U+03BC.
const UNITS: [(&str, u128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Why a text is no duration that a setting can have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DurationError {
    /// A number stands alone.
    #[error("`{0}` has no unit; write for example `{0}s` or `{0}ms`")]
    NoUnit(String),
    /// The unit is none of Go's.
    #[error("`{unit}` in `{text}` is no unit of time; the units are ns, us, ms, s, m, h")]
    UnknownUnit {
        /// What stands where a unit should.
        unit: String,
        /// The whole text.
        text: String,
    },
    /// Below zero: no setting has a use for that.
    #[error("`{0}` is negative; write 0 or more")]
    Negative(String),
    /// Beyond what Go can say.
    #[error("`{0}` is too long; the longest duration is about 292 years")]
    TooLong(String),
    /// Anything else.
    #[error("`{0}` is no duration; write for example `5s`, `200ms` or `1m30s`")]
    Malformed(String),
}

/// Reads a duration by the rules of Go's `time.ParseDuration`, except that a negative one is refused.
///
/// # Errors
/// Says what to write instead; see [`DurationError`].
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(Duration::ZERO);
    }
    let malformed = || DurationError::Malformed(text.to_owned());
    let mut nanos: u128 = 0;
    let mut rest = unsigned;
    while !rest.is_empty() {
        let (number, after) = Number::read(rest).ok_or_else(malformed)?;
        let unit_end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        if unit.is_empty() {
            return Err(if unsigned.len() == rest.len() && after.is_empty() {
                DurationError::NoUnit(text.to_owned())
            } else {
                malformed()
            });
        }
        let Some((_, scale)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(DurationError::UnknownUnit { unit: unit.to_owned(), text: text.to_owned() });
        };
        nanos = number.scaled(*scale).and_then(|more| nanos.checked_add(more)).unwrap_or(u128::MAX);
        if nanos > MAX_NANOS {
            return Err(DurationError::TooLong(text.to_owned()));
        }
        rest = after;
    }
    if unsigned.is_empty() {
        return Err(malformed());
    }
    if text.starts_with('-') && nanos > 0 {
        return Err(DurationError::Negative(text.to_owned()));
    }
    u64::try_from(nanos).map(Duration::from_nanos).map_err(|_| malformed())
}

/// A decimal number at the start of a text.
struct Number<'a> {
    whole: &'a str,
    decimals: &'a str,
}

impl<'a> Number<'a> {
    /// Takes the digits, a dot and more digits; at least one digit on either side.
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let (whole, after) = digits(text);
        let (decimals, after) = after.strip_prefix('.').map_or(("", after), digits);
        (!whole.is_empty() || !decimals.is_empty()).then_some((Self { whole, decimals }, after))
    }

    /// The number times `unit`; what is left below 1 is cut off, as Go does.
    fn scaled(&self, unit: u128) -> Option<u128> {
        let whole = if self.whole.is_empty() { 0 } else { self.whole.parse::<u128>().ok()? };
        let kept = &self.decimals[..self.decimals.len().min(MAX_DECIMALS)];
        let part = if kept.is_empty() { 0 } else { kept.parse::<u128>().ok()? };
        let exponent = u32::try_from(kept.len()).ok()?;
        whole.checked_mul(unit)?.checked_add(part * unit / 10_u128.pow(exponent))
    }
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// Writes a duration with the units that it needs and no others: `1m30s`, `1.5s`, `200ms`, `0s`.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    match nanos {
        0 => return "0s".to_owned(),
        1..1_000_000_000 if nanos.is_multiple_of(1_000_000) => return format!("{}ms", nanos / 1_000_000),
        1..1_000_000_000 if nanos.is_multiple_of(1_000) => return format!("{}us", nanos / 1_000),
        1..1_000_000_000 => return format!("{nanos}ns"),
        _ => {}
    }
    let seconds = duration.as_secs();
    let mut text = String::new();
    if seconds >= 3_600 {
        text.push_str(&format!("{}h", seconds / 3_600));
    }
    if seconds % 3_600 >= 60 {
        text.push_str(&format!("{}m", seconds % 3_600 / 60));
    }
    let below_a_minute = seconds % 60;
    let fraction = format!("{:09}", duration.subsec_nanos());
    match fraction.trim_end_matches('0') {
        "" if below_a_minute == 0 => {}
        "" => text.push_str(&format!("{below_a_minute}s")),
        fraction => text.push_str(&format!("{below_a_minute}.{fraction}s")),
    }
    text
}

#[cfg(test)]
#[path = "duration_tests.rs"]
mod tests;
