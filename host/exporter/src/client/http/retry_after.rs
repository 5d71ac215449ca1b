use std::time::{Duration, SystemTime};

/// Reads `Retry-After`: seconds, or a date in one of HTTP's three forms, seen from `now`; a date that is past means at
/// once. `None` where it is neither.
///
/// Source: RFC 9110, 10.2.3 and 5.6.7.
#[must_use]
pub fn retry_after(value: &[u8], now: SystemTime) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?.trim_matches([' ', '\t']);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than fit are as good as for ever.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
#[path = "retry_after_tests.rs"]
mod tests;
