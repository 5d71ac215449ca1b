//! Values as text, byte for byte the way the Collector writes them (`AsString` of its pdata v1.67).
//!
//! Text is bare; lists and maps are JSON as Go's `encoding/json` writes it without HTML escaping: keys
//! sorted by their bytes, the last of several equal ones, bytes in base64.

use std::io::Write;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;

use super::{AnyValue, Array, Attributes};

impl AnyValue<'_> {
    /// Appends the value as text, as the Collector writes it where a key is made of a value of any type.
    pub fn append_text(&self, out: &mut Vec<u8>) {
        match self {
            Self::Empty => {}
            Self::Text(text) => out.extend_from_slice(text),
            Self::Boolean(value) => append(format_args!("{value}"), out),
            Self::Int(value) => append(format_args!("{value}"), out),
            Self::Double(value) => append_double(*value, out),
            Self::Bytes(bytes) => append_base64(bytes, out),
            // JSON has no such numbers: Go then gives nothing at all.
            Self::Array(_) | Self::Map(_) if !self.is_finite() => {}
            Self::Array(array) => append_array(array, out),
            Self::Map(map) => append_map(map, out),
        }
    }

    fn is_finite(&self) -> bool {
        match self {
            Self::Double(value) => value.is_finite(),
            Self::Array(array) => array.iter().all(|value| value.is_finite()),
            Self::Map(map) => map.iter().all(|(_, value)| value.is_finite()),
            _ => true,
        }
    }
}

fn append(text: std::fmt::Arguments<'_>, out: &mut Vec<u8>) {
    // Writing to a Vec does not fail.
    _ = out.write_fmt(text);
}

fn append_base64(bytes: &[u8], out: &mut Vec<u8>) {
    append(format_args!("{}", Base64Display::new(bytes, &STANDARD)), out);
}

/// The shortest digits that give the number back; with an exponent where it is very small or large.
fn append_double(value: f64, out: &mut Vec<u8>) {
    let magnitude = value.abs();
    if value.is_nan() {
        out.extend_from_slice(b"NaN");
    } else if value.is_infinite() {
        out.extend_from_slice(if value > 0.0 { b"Infinity" } else { b"-Infinity" });
    } else if magnitude >= 1e21 {
        // Go puts a plus before the exponent, Rust does not.
        out.extend_from_slice(format!("{value:e}").replace('e', "e+").as_bytes());
    } else if magnitude < 1e-6 && magnitude != 0.0 {
        append(format_args!("{value:e}"), out);
    } else {
        append(format_args!("{value}"), out);
    }
}

fn append_json(value: &AnyValue<'_>, out: &mut Vec<u8>) {
    match value {
        // The Collector makes a nil slice of empty bytes, and Go null of that.
        AnyValue::Empty | AnyValue::Bytes([]) => out.extend_from_slice(b"null"),
        AnyValue::Text(text) => append_json_text(text, out),
        AnyValue::Bytes(bytes) => {
            out.push(b'"');
            append_base64(bytes, out);
            out.push(b'"');
        }
        AnyValue::Array(array) => append_array(array, out),
        AnyValue::Map(map) => append_map(map, out),
        AnyValue::Boolean(_) | AnyValue::Int(_) | AnyValue::Double(_) => value.append_text(out),
    }
}

fn append_array(array: &Array<'_>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (position, value) in array.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        append_json(&value, out);
    }
    out.push(b']');
}

fn append_map(map: &Attributes<'_>, out: &mut Vec<u8>) {
    let mut pairs: Vec<_> = map.iter().collect();
    // A stable sort: of equal keys the last one sent stays the last.
    pairs.sort_by_key(|(key, _)| *key);
    pairs.reverse();
    pairs.dedup_by_key(|(key, _)| *key);
    out.push(b'{');
    for (position, (key, value)) in pairs.iter().rev().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        append_json_text(key, out);
        out.push(b':');
        append_json(value, out);
    }
    out.push(b'}');
}

fn append_json_text(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        chunk.valid().chars().for_each(|character| append_json_character(character, out));
        // Go replaces each byte of its own.
        chunk.invalid().iter().for_each(|_| out.extend_from_slice(b"\\ufffd"));
    }
    out.push(b'"');
}

fn append_json_character(character: char, out: &mut Vec<u8>) {
    let short = match character {
        '"' => b"\\\"",
        '\\' => b"\\\\",
        '\u{8}' => b"\\b",
        '\u{c}' => b"\\f",
        '\n' => b"\\n",
        '\r' => b"\\r",
        '\t' => b"\\t",
        // The last two are line ends to JavaScript.
        '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
            return append(format_args!("\\u{:04x}", u32::from(character)), out);
        }
        _ => return out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
    };
    out.extend_from_slice(short);
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
