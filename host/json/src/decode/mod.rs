//! From OTLP/JSON to the wire format, in one pass over the text.
//!
//! serde_json reads, the table says what a key means, and every value is appended to the output as soon as it
//! is read. opentelemetry-proto's serde support would build a message tree to encode again, knows no `NaN` or
//! `Infinity`, asks for fields that may be absent, cannot say where in a request a value is wrong, and loses a
//! metric without a word where a part of it is not as expected.

mod error;
mod message;
mod number;
mod output;
mod text;
mod value;

pub use error::DecodeError;
use serde::de::DeserializeSeed;
use sluice_otlp::Signal;

use self::message::Content;
use self::output::Output;
use crate::schema;

/// The wire bytes of a request in OTLP/JSON; at most `max` of them, since one digit of text can be eight bytes.
///
/// As the specification has it: ids in hex of either case, 64-bit integers as text or as numbers, enums as
/// numbers (their names are understood), other bytes in base64, `null` for what is absent. What the tables do
/// not know is ignored. An unpaired surrogate, which JavaScript leaves behind where it cuts text, becomes
/// U+FFFD.
///
/// # Errors
/// Says what is wrong and where, as a path and as line and column.
pub fn decode(signal: Signal, json: &[u8], max: usize) -> Result<Vec<u8>, DecodeError> {
    let mut output = Output::new(json.len(), max);
    let mut reader = serde_json::Deserializer::from_slice(json);
    let content = Content { schema: schema::request(signal), output: &mut output };
    match content.deserialize(&mut reader).and_then(|()| reader.end()) {
        Ok(()) => Ok(output.into_bytes()),
        Err(error) => Err(output.explain(&error)),
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
