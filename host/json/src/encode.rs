//! OTLP/JSON straight from the wire, by the tables in [`schema`](crate::schema).
//!
//! As the specification has it: ids in hex, 64-bit integers as text, enums as numbers, other bytes in base64, names
//! in lowerCamelCase. What the tables do not know is left out.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sluice_otlp::Signal;
use sluice_otlp::wire::{Fields, MAX_DEPTH, Value, WireError};

use crate::schema::{self, Kind, Member, Message};

/// A request as one JSON object, without a line break in it.
///
/// # Errors
/// When the bytes are no protobuf message, or nest too deeply.
pub fn encode(signal: Signal, body: &[u8]) -> Result<Vec<u8>, WireError> {
    let mut out = Vec::with_capacity(body.len() * 2);
    message(&mut out, schema::request(signal), body, 0)?;
    Ok(out)
}

fn message(out: &mut Vec<u8>, schema: &Message, bytes: &[u8], depth: u32) -> Result<(), WireError> {
    if depth > MAX_DEPTH {
        return Err(WireError::Depth);
    }
    out.push(b'{');
    let mut is_first = true;
    for member in schema.0 {
        let start = out.len();
        if !is_first {
            out.push(b',');
        }
        text(out, member.name);
        out.push(b':');
        let is_present = if member.repeated {
            array(out, member, bytes, depth)?
        } else {
            single(out, member, bytes, depth)?
        };
        if is_present {
            is_first = false;
        } else {
            out.truncate(start);
        }
    }
    out.push(b'}');
    Ok(())
}

/// Writes the last value that a field has, which is the one that counts; says whether there is one.
fn single(out: &mut Vec<u8>, member: &Member, bytes: &[u8], depth: u32) -> Result<bool, WireError> {
    let mut last = None;
    let mut fields = Fields::new(bytes);
    while let Some(field) = fields.next_field()? {
        if field.number == member.number {
            last = Some(field.value);
        }
    }
    last.map_or(Ok(false), |last| value(out, &member.kind, last, depth))
}

/// Writes all values that a field has, packed or not; says whether there are any.
fn array(out: &mut Vec<u8>, member: &Member, bytes: &[u8], depth: u32) -> Result<bool, WireError> {
    let start = out.len();
    out.push(b'[');
    let mut fields = Fields::new(bytes);
    while let Some(field) = fields.next_field()? {
        if field.number != member.number {
            continue;
        }
        match field.value {
            Value::Bytes(packed) if member.kind.is_number() => {
                unpack(packed, &member.kind, |element| {
                    comma_after(out, |out| value(out, &member.kind, element, depth))
                })?;
            }
            element => comma_after(out, |out| value(out, &member.kind, element, depth))?,
        }
    }
    if out.len() == start + 1 {
        return Ok(false);
    }
    // The comma behind the last element.
    out.pop();
    out.push(b']');
    Ok(true)
}

fn comma_after(
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<bool, WireError>,
) -> Result<(), WireError> {
    if write(out)? {
        out.push(b',');
    }
    Ok(())
}

/// The numbers of a packed field.
fn unpack(
    mut packed: &[u8],
    kind: &Kind,
    mut element: impl FnMut(Value<'_>) -> Result<(), WireError>,
) -> Result<(), WireError> {
    while !packed.is_empty() {
        let (number, length) = match kind {
            Kind::Double | Kind::Fixed64 | Kind::SignedFixed64 => {
                let bytes = packed.first_chunk::<8>().ok_or(WireError::Truncated)?;
                (Value::Fixed64(u64::from_le_bytes(*bytes)), 8)
            }
            Kind::Fixed32 => {
                let bytes = packed.first_chunk::<4>().ok_or(WireError::Truncated)?;
                (Value::Fixed32(u32::from_le_bytes(*bytes)), 4)
            }
            _ => {
                let (number, length) = sluice_otlp::wire::read_varint(packed, 0)?;
                (Value::Varint(number), length)
            }
        };
        element(number)?;
        packed = packed.get(length..).unwrap_or_default();
    }
    Ok(())
}

/// Writes a value; says whether its wire type is what the schema says, and nothing where it is not.
fn value(out: &mut Vec<u8>, kind: &Kind, value: Value<'_>, depth: u32) -> Result<bool, WireError> {
    match (kind, value) {
        (Kind::Message(schema), Value::Bytes(bytes)) => message(out, schema, bytes, depth + 1)?,
        (Kind::Text, Value::Bytes(bytes)) => text(out, &String::from_utf8_lossy(bytes)),
        (Kind::TraceId | Kind::SpanId, Value::Bytes(bytes)) => {
            out.push(b'"');
            bytes.iter().for_each(|byte| put(out, format_args!("{byte:02x}")));
            out.push(b'"');
        }
        (Kind::Base64, Value::Bytes(bytes)) => text(out, &STANDARD.encode(bytes)),
        (Kind::Bool, Value::Varint(number)) => put(out, format_args!("{}", number != 0)),
        (Kind::Int32 | Kind::Enum(_), Value::Varint(number)) => put(out, format_args!("{}", number as i32)),
        (Kind::UInt32, Value::Varint(number)) => put(out, format_args!("{}", number as u32)),
        (Kind::ZigZag32, Value::Varint(number)) => {
            let number = number as u32;
            put(out, format_args!("{}", (number >> 1) as i32 ^ -((number & 1) as i32)));
        }
        (Kind::Int64, Value::Varint(number)) => put(out, format_args!("\"{}\"", number as i64)),
        (Kind::UInt64, Value::Varint(number)) => put(out, format_args!("\"{number}\"")),
        (Kind::Fixed32, Value::Fixed32(number)) => put(out, format_args!("{number}")),
        (Kind::Fixed64, Value::Fixed64(number)) => put(out, format_args!("\"{number}\"")),
        (Kind::SignedFixed64, Value::Fixed64(number)) => put(out, format_args!("\"{}\"", number as i64)),
        (Kind::Double, Value::Fixed64(bits)) => double(out, f64::from_bits(bits)),
        _ => return Ok(false),
    }
    Ok(true)
}

/// JSON has no word for what is not a number; protobuf's mapping writes it as text.
fn double(out: &mut Vec<u8>, number: f64) {
    match number {
        _ if number.is_nan() => put(out, format_args!("\"NaN\"")),
        f64::INFINITY => put(out, format_args!("\"Infinity\"")),
        f64::NEG_INFINITY => put(out, format_args!("\"-Infinity\"")),
        // Debug's form is the shortest that reads back as the same number, and is JSON.
        _ => put(out, format_args!("{number:?}")),
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    // Writing text to memory does not fail.
    let _ = serde_json::to_writer(out, text);
}

fn put(out: &mut Vec<u8>, arguments: std::fmt::Arguments<'_>) {
    // Nor does this.
    let _ = out.write_fmt(arguments);
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
