//! Values as text, the way the Collector writes them (`pcommon.Value.AsString` of its pdata v1.67).
//!
//! Text is bare; numbers and lists and maps are JSON as Go's `encoding/json` writes it without HTML
//! escaping: keys sorted by their bytes, the last of several equal ones, bytes in base64.

use std::fmt::{self, Display, Formatter, Write};

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;

use super::{AnyValue, Array, Attributes};

/// The value as text, byte for byte as the Collector writes it.
impl Display for AnyValue<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Double(value) => write_double(*value, f),
            Self::Bytes(bytes) => Display::fmt(&Base64Display::new(bytes, &STANDARD), f),
            // JSON has no such numbers: Go then gives nothing at all.
            Self::Array(_) | Self::Map(_) if !self.is_finite() => Ok(()),
            Self::Array(array) => write_array(array, f),
            Self::Map(map) => write_map(map, f),
        }
    }
}

impl AnyValue<'_> {
    fn is_finite(&self) -> bool {
        match self {
            Self::Double(value) => value.is_finite(),
            Self::Array(array) => array.iter().all(|value| value.is_finite()),
            Self::Map(map) => map.iter().all(|(_, value)| value.is_finite()),
            _ => true,
        }
    }
}

/// The shortest digits that give the number back; with an exponent where it is very small or large.
fn write_double(value: f64, f: &mut Formatter<'_>) -> fmt::Result {
    let magnitude = value.abs();
    if value.is_nan() {
        f.write_str("NaN")
    } else if value.is_infinite() {
        f.write_str(if value > 0.0 { "Infinity" } else { "-Infinity" })
    } else if magnitude >= 1e21 {
        // Go puts a plus before the exponent, Rust does not.
        f.write_str(&format!("{value:e}").replace('e', "e+"))
    } else if magnitude < 1e-6 && magnitude != 0.0 {
        write!(f, "{value:e}")
    } else {
        write!(f, "{value}")
    }
}

fn write_json(value: &AnyValue<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    match value {
        // The Collector makes a nil slice of empty bytes, and Go null of that.
        AnyValue::Empty | AnyValue::Bytes([]) => f.write_str("null"),
        AnyValue::Text(text) => write_json_text(text, f),
        AnyValue::Bytes(bytes) => write!(f, "\"{}\"", Base64Display::new(bytes, &STANDARD)),
        AnyValue::Array(array) => write_array(array, f),
        AnyValue::Map(map) => write_map(map, f),
        AnyValue::Boolean(_) | AnyValue::Int(_) | AnyValue::Double(_) => Display::fmt(value, f),
    }
}

fn write_array(array: &Array<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('[')?;
    for (position, value) in array.iter().enumerate() {
        if position > 0 {
            f.write_char(',')?;
        }
        write_json(&value, f)?;
    }
    f.write_char(']')
}

fn write_map(map: &Attributes<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    let mut pairs: Vec<_> = map.iter().collect();
    // A stable sort: of equal keys the last one sent stays the last.
    pairs.sort_by_key(|(key, _)| *key);
    f.write_char('{')?;
    let mut separator = "";
    for (position, (key, value)) in pairs.iter().enumerate() {
        if pairs.get(position + 1).is_some_and(|(next, _)| next == key) {
            continue;
        }
        f.write_str(separator)?;
        separator = ",";
        write_json_text(key, f)?;
        f.write_char(':')?;
        write_json(value, f)?;
    }
    f.write_char('}')
}

fn write_json_text(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            // The last two are line ends to JavaScript.
            '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => write!(f, "\\u{:04x}", u32::from(character))?,
            _ => f.write_char(character)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
