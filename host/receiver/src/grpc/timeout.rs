use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue};

/// When the client stops waiting, from `grpc-timeout`. One that cannot be read, or lies beyond the end of
/// time, counts as none: waiting for ever is what such a client asks for.
pub(crate) fn deadline(headers: &HeaderMap, now: Instant) -> Option<Instant> {
    headers.get("grpc-timeout").and_then(parse).and_then(|timeout| now.checked_add(timeout))
}

/// At most eight digits and a unit.
fn parse(value: &HeaderValue) -> Option<Duration> {
    let (unit, digits) = value.as_bytes().split_last()?;
    if digits.is_empty() || digits.len() > 8 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let amount: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    match unit {
        b'H' => Some(Duration::from_secs(amount * 3600)),
        b'M' => Some(Duration::from_secs(amount * 60)),
        b'S' => Some(Duration::from_secs(amount)),
        b'm' => Some(Duration::from_millis(amount)),
        b'u' => Some(Duration::from_micros(amount)),
        b'n' => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

#[cfg(test)]
#[path = "timeout_tests.rs"]
mod tests;
