//! Durations as Go writes them: `1h30m`, `-1.5s`, `300ms`.

/// Reads a duration, in nanoseconds.
pub(crate) fn parse(text: &[u8]) -> Option<i64> {
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if rest == b"0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let nanos;
        (nanos, rest) = part(rest)?;
        total = total.checked_add(nanos).filter(|total| *total <= 1 << 63)?;
    }
    let limit = if negative { 1 << 63 } else { i64::MAX as u64 };
    (total <= limit).then(|| if negative { (total as i64).wrapping_neg() } else { total as i64 })
}

/// A number and its unit.
fn part(text: &[u8]) -> Option<(u64, &[u8])> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => digits(rest),
        rest => (&[][..], rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let letters = rest.iter().take_while(|byte| **byte != b'.' && !byte.is_ascii_digit()).count();
    let (name, rest) = rest.split_at(letters);
    let unit = unit(name)?;
    let whole = whole.iter().try_fold(0_u64, |number, digit| {
        number.checked_mul(10)?.checked_add(u64::from(digit - b'0')).filter(|number| *number <= 1 << 63)
    })?;
    let nanos = whole.checked_mul(unit)?;
    let mut scale = 1.0;
    let mut part = 0.0;
    // More digits than these make no nanosecond.
    for digit in fraction.iter().take(18) {
        scale *= 10.0;
        part = part * 10.0 + f64::from(digit - b'0');
    }
    Some((nanos.checked_add((part * (unit as f64 / scale)) as u64)?, rest))
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

fn unit(name: &[u8]) -> Option<u64> {
    Some(match name {
        b"ns" => 1,
        // Micro sign and Greek mu, too.
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1000,
        b"ms" => 1_000_000,
        b"s" => 1_000_000_000,
        b"m" => 60_000_000_000,
        b"h" => 3_600_000_000_000,
        _ => return None,
    })
}
