//! The members of a W3C tracestate. Source: W3C, "Trace Context", 3.3; the SDK reads them by the same rules.

/// The most members.
const MAX_MEMBERS: usize = 32;
/// The most bytes of a key or value.
const MAX_LENGTH: usize = 256;
/// The most bytes of the two parts of a key such as `tenant@system`.
const MAX_TENANT: usize = 241;
const MAX_SYSTEM: usize = 14;

/// Keys and values; `None` where the tracestate is malformed.
pub(super) fn members(tracestate: &str) -> Option<Vec<(&str, &str)>> {
    let mut members: Vec<(&str, &str)> = Vec::new();
    let written = tracestate.split(',').map(|member| member.trim_matches([' ', '\t']));
    for member in written.filter(|member| !member.is_empty()) {
        let (key, value) = member.split_once('=')?;
        let is_known = members.iter().any(|(known, _)| *known == key);
        if !is_key(key) || !is_value(value) || is_known || members.len() == MAX_MEMBERS {
            return None;
        }
        members.push((key, value));
    }
    Some(members)
}

fn is_key(key: &str) -> bool {
    let lower = |first: char| first.is_ascii_lowercase();
    let lower_or_digit = |first: char| first.is_ascii_lowercase() || first.is_ascii_digit();
    let part = |part: &str, limit: usize| part.len() <= limit && part.bytes().all(is_key_byte);
    match key.split_once('@') {
        None => key.starts_with(lower) && part(key, MAX_LENGTH),
        Some((tenant, system)) => {
            tenant.starts_with(lower_or_digit)
                && part(tenant, MAX_TENANT)
                && system.starts_with(lower)
                && part(system, MAX_SYSTEM)
        }
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'*' | b'/')
}

fn is_value(value: &str) -> bool {
    let is_printable = |byte: u8| (0x20..=0x7e).contains(&byte) && !matches!(byte, b',' | b'=');
    !value.is_empty() && value.len() <= MAX_LENGTH && value.bytes().all(is_printable)
}
