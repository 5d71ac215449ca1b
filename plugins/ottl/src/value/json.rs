//! Lists and maps as JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::ControlFlow;

use super::{Map, Nested, Value, hex};

/// How deep lists and maps are written; what lies deeper is `null`. OTLP's own bound is lower.
const MAX_DEPTH: u32 = 100;

/// Writes a value; maps by their keys in order, and of a key that comes twice the last value.
pub(super) fn append<'a, N: Nested<'a>>(value: &Value<'a, N>, json: &mut Vec<u8>) {
    append_at(value, json, 0);
}

fn append_at<'a, N: Nested<'a>>(value: &Value<'a, N>, json: &mut Vec<u8>, depth: u32) {
    match value {
        Value::Boolean(value) => json.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Int(value) | Value::Duration(value) => {
            let _ = write!(json, "{value}");
        }
        Value::Double(value) => number(*value, json),
        Value::Text(value) => text(value, json),
        Value::Bytes(value) => base64(value, json),
        Value::TraceId(id) => text(&hex::encode(id), json),
        Value::SpanId(id) => text(&hex::encode(id), json),
        Value::List(list) if depth < MAX_DEPTH => {
            json.push(b'[');
            let mut first = true;
            let _: Option<()> = list.each(|value| {
                separate(&mut first, json);
                append_at(value, json, depth + 1);
                ControlFlow::Continue(())
            });
            json.push(b']');
        }
        Value::Map(map) if depth < MAX_DEPTH => {
            json.push(b'{');
            let mut first = true;
            for (key, value) in sorted(map) {
                separate(&mut first, json);
                text(&key, json);
                json.push(b':');
                append_at(&value, json, depth + 1);
            }
            json.push(b'}');
        }
        _ => json.extend_from_slice(b"null"),
    }
}

fn sorted<'a, N: Nested<'a>>(map: &Map<'a, N>) -> BTreeMap<Cow<'a, [u8]>, Value<'a, N>> {
    let mut entries = BTreeMap::new();
    let _: Option<()> = map.each(|key, value| {
        entries.insert(key.clone(), value.clone());
        ControlFlow::Continue(())
    });
    entries
}

fn separate(first: &mut bool, json: &mut Vec<u8>) {
    if !std::mem::take(first) {
        json.push(b',');
    }
}

/// As Go's encoding/json writes a float64: with an exponent where it is very large or very small.
fn number(value: f64, json: &mut Vec<u8>) {
    let size = value.abs();
    let _ = match value {
        value if !value.is_finite() => write!(json, "null"),
        value if size != 0.0 && !(1e-6..1e21).contains(&size) => {
            let text = format!("{value:e}");
            let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let sign = if exponent.starts_with('-') { '-' } else { '+' };
            write!(json, "{digits}e{sign}{:0>2}", exponent.trim_start_matches('-'))
        }
        value => write!(json, "{value}"),
    };
}

/// Escapes what HTML could read, as Go does.
fn text(text: &[u8], json: &mut Vec<u8>) {
    json.push(b'"');
    for character in String::from_utf8_lossy(text).chars() {
        match character {
            '"' => json.extend_from_slice(b"\\\""),
            '\\' => json.extend_from_slice(b"\\\\"),
            '\n' => json.extend_from_slice(b"\\n"),
            '\r' => json.extend_from_slice(b"\\r"),
            '\t' => json.extend_from_slice(b"\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            other => json.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    json.push(b'"');
}

fn base64(bytes: &[u8], json: &mut Vec<u8>) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    json.push(b'"');
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (group >> (18 - 6 * digit) & 63) as usize;
            json.push(if digit <= chunk.len() { DIGITS[value] } else { b'=' });
        }
    }
    json.push(b'"');
}
