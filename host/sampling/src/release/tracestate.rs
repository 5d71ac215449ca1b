//! The sampling threshold in spans' tracestates.
//!
//! Source: OpenTelemetry specification, "TraceState: Probability Sampling" (`ot=th:...;rv:...`), and W3C Trace
//! Context level 2, "tracestate header".

use prometheus_client::metrics::counter::Counter;
use sluice_otlp::wire::{Fields, Value, put_varint};

use super::members::members;

/// The number of `trace_state` in a span.
const TRACESTATE: u32 = 3;
/// Hexadecimal digits of a whole threshold.
const DIGITS: usize = 14;

/// Spans, as fields with tags and lengths, with `th` set in each tracestate.
///
/// A stricter `th` that is there stays. A tracestate that cannot be read stays as it is, and is counted.
pub(super) fn with_threshold(spans: &[u8], threshold: u64, unreadable: &Counter) -> Vec<u8> {
    let mut marked = Vec::with_capacity(spans.len() + spans.len() / 8);
    let mut fields = Fields::new(spans);
    while let Ok(Some(field)) = fields.next_field() {
        let Value::Bytes(span) = field.value else { continue };
        match marked_span(span, threshold) {
            Some(span) => {
                put_varint(&mut marked, u64::from(field.number << 3 | 2));
                put_varint(&mut marked, span.len() as u64);
                marked.extend_from_slice(&span);
            }
            None => {
                unreadable.inc();
                marked.extend_from_slice(&spans[field.start..field.end]);
            }
        }
    }
    marked
}

/// A span with its threshold; `None` where its tracestate cannot be read.
fn marked_span(span: &[u8], threshold: u64) -> Option<Vec<u8>> {
    let mut found: &[u8] = &[];
    let mut marked = Vec::with_capacity(span.len() + 32);
    let mut fields = Fields::new(span);
    let mut at = None;
    while let Ok(Some(field)) = fields.next_field() {
        match field.value {
            // The last counts; its place is kept for the new one.
            Value::Bytes(tracestate) if field.number == TRACESTATE => found = tracestate,
            _ => {
                if field.number > TRACESTATE && at.is_none() {
                    at = Some(marked.len());
                }
                marked.extend_from_slice(&span[field.start..field.end]);
            }
        }
    }
    let tracestate = set_threshold(std::str::from_utf8(found).ok()?, threshold)?;
    let mut field = Vec::with_capacity(tracestate.len() + 3);
    put_varint(&mut field, u64::from(TRACESTATE << 3 | 2));
    put_varint(&mut field, tracestate.len() as u64);
    field.extend_from_slice(tracestate.as_bytes());
    let at = at.unwrap_or(marked.len());
    marked.splice(at..at, field);
    Some(marked)
}

/// A tracestate with the threshold in its `ot` entry, which comes first, as W3C asks of one that was changed.
fn set_threshold(tracestate: &str, threshold: u64) -> Option<String> {
    let mut ot = "";
    let mut others = Vec::new();
    for (key, value) in members(tracestate)? {
        if key == "ot" { ot = value } else { others.push((key, value)) }
    }
    let mut parts = Vec::new();
    let mut own = threshold;
    for part in ot.split(';').filter(|part| !part.is_empty()) {
        match part.split_once(':')? {
            ("th", digits) => own = own.max(parse(digits)?),
            ("rv", digits) if digits.len() != DIGITS || parse(digits).is_none() => return None,
            _ => parts.push(part),
        }
    }
    let mut written = format!("ot=th:{}", digits(own));
    for part in parts {
        written.push(';');
        written.push_str(part);
    }
    for (key, value) in others {
        written.push(',');
        written.push_str(key);
        written.push('=');
        written.push_str(value);
    }
    Some(written)
}

/// The digits of a threshold, those at the end left out that are zero.
fn digits(threshold: u64) -> String {
    let all = format!("{threshold:0DIGITS$x}");
    let digits = all.trim_end_matches('0');
    if digits.is_empty() { "0".to_owned() } else { digits.to_owned() }
}

/// A threshold from its first digits.
fn parse(digits: &str) -> Option<u64> {
    if digits.is_empty() || digits.len() > DIGITS || digits.bytes().any(|byte| !byte.is_ascii_hexdigit()) {
        return None;
    }
    let shift = 4 * (DIGITS - digits.len());
    u64::from_str_radix(digits, 16).ok().map(|value| value << shift)
}

#[cfg(test)]
#[path = "tracestate_tests.rs"]
mod tests;
