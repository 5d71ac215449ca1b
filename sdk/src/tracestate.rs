//! W3C tracestates, and OpenTelemetry's section of them.
//!
//! Sources: W3C, "Trace Context", 3.3; OpenTelemetry, "TraceState Handling" and "TraceState: Probability
//! Sampling". Nothing is allocated.

use crate::policy::{Randomness, Threshold};

/// The most members of a list.
const MAX_MEMBERS: usize = 32;

/// The most bytes of a key or value.
const MAX_LENGTH: usize = 256;

/// The most bytes of the two parts of a key such as `tenant@system`.
const MAX_TENANT: usize = 241;
const MAX_SYSTEM: usize = 14;

/// The value of a key.
///
/// `None` also where the tracestate as a whole is malformed: it is then not to be used.
#[must_use]
pub fn member<'a>(tracestate: &'a str, key: &str) -> Option<&'a str> {
    look_up(tracestate, key).flatten()
}

/// The value of a key, if it has one; `None` where the tracestate as a whole is malformed.
#[must_use]
pub fn look_up<'a>(tracestate: &'a str, key: &str) -> Option<Option<&'a str>> {
    let mut value = None;
    let mut count = 0;
    for (position, member) in members(tracestate).enumerate() {
        let (name, text) = parse(member)?;
        let known = members(tracestate).take(position).filter_map(parse).any(|(other, _)| other == name);
        count += 1;
        if known || count > MAX_MEMBERS {
            return None;
        }
        if name == key {
            value = Some(text);
        }
    }
    Some(value)
}

/// The `ot` section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenTelemetry {
    /// `rv`: the randomness of the trace, where it is not that of its id.
    pub randomness: Option<Randomness>,
    /// `th`: the threshold under which the span was sampled.
    pub threshold: Option<Threshold>,
}

impl OpenTelemetry {
    /// Finds and reads the section of a tracestate; `None` where there is none, or it is malformed.
    #[must_use]
    pub fn find(tracestate: &str) -> Option<Self> {
        // Most tracestates have none: that is seen without a closer look.
        if !tracestate.contains("ot=") {
            return None;
        }
        Self::parse(member(tracestate, "ot")?)
    }

    fn parse(section: &str) -> Option<Self> {
        let mut parsed = Self::default();
        for member in section.split(';') {
            let (key, value) = member.split_once(':')?;
            if !is_key(key) || !value.bytes().all(is_value_byte) {
                return None;
            }
            match key {
                "rv" => parsed.randomness = Some(randomness(value)?),
                "th" => parsed.threshold = Some(threshold(value)?),
                _ => {}
            }
        }
        Some(parsed)
    }
}

/// 14 hexadecimal digits.
fn randomness(digits: &str) -> Option<Randomness> {
    (digits.len() == 14).then(|| u64::from_str_radix(digits, 16).ok().map(Randomness::new))?
}

/// 1 to 14 hexadecimal digits; the zeros at the end are left out.
fn threshold(digits: &str) -> Option<Threshold> {
    let left_out = 14usize.checked_sub(digits.len())?;
    let value = u64::from_str_radix(digits, 16).ok()?;
    Some(Threshold::new(value << (4 * left_out)))
}

fn is_key(key: &str) -> bool {
    let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    key.starts_with(|first: char| first.is_ascii_lowercase()) && key.bytes().all(lower)
}

fn is_value_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// The members of a list, without the space around them; empty ones do not count.
fn members(tracestate: &str) -> impl Iterator<Item = &str> {
    let members = tracestate.split(',').map(|member| member.trim_matches([' ', '\t']));
    members.filter(|member| !member.is_empty())
}

/// Key and value of a member.
fn parse(member: &str) -> Option<(&str, &str)> {
    let (key, value) = member.split_once('=')?;
    (is_list_key(key) && is_list_value(value)).then_some((key, value))
}

fn is_list_key(key: &str) -> bool {
    let lower = |first: char| first.is_ascii_lowercase();
    let lower_or_digit = |first: char| first.is_ascii_lowercase() || first.is_ascii_digit();
    let part = |part: &str, limit: usize| part.len() <= limit && part.bytes().all(is_list_key_byte);
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

fn is_list_key_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'*' | b'/')
}

fn is_list_value(value: &str) -> bool {
    let printable = |byte: u8| (0x20..=0x7e).contains(&byte) && !matches!(byte, b',' | b'=');
    !value.is_empty() && value.len() <= MAX_LENGTH && !value.ends_with(' ') && value.bytes().all(printable)
}

#[cfg(test)]
#[path = "tracestate_tests.rs"]
mod tests;
