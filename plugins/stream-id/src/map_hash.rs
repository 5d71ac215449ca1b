//! The hash of an attribute list: `pdatautil.MapHash` of the Collector's contrib repository.
//!
//! The list is written out with its keys sorted and marks in between that occur in no UTF-8 text, and
//! that is hashed twice with XXH64, the second time with one more byte, for 128 bits in all.

use sluice_sdk::{AnyValue, Attributes};
use twox_hash::XxHash64;

/// Makes the second half of the hash differ from the first.
const EXTRA: u8 = 0xf3;
const KEY: u8 = 0xf4;
const EMPTY: u8 = 0xf5;
const BYTES: u8 = 0xf6;
const TEXT: u8 = 0xf7;
const TRUE: u8 = 0xf8;
const FALSE: u8 = 0xf9;
const INT: u8 = 0xfa;
const DOUBLE: u8 = 0xfb;
const MAP: u8 = 0xfc;
const MAP_END: u8 = 0xfd;
const ARRAY: u8 = 0xfe;
const ARRAY_END: u8 = 0xff;

/// Hashes attribute lists, with one buffer for all of them.
#[derive(Debug, Default)]
pub(crate) struct MapHasher {
    buffer: Vec<u8>,
}

impl MapHasher {
    /// The hash of a list; of an empty one, zeros.
    pub(crate) fn hash(&mut self, map: Attributes<'_>) -> [u8; 16] {
        let mut hash = [0; 16];
        self.buffer.clear();
        write_map(map, &mut self.buffer);
        if self.buffer.is_empty() {
            return hash;
        }
        hash[..8].copy_from_slice(&XxHash64::oneshot(0, &self.buffer).to_le_bytes());
        self.buffer.push(EXTRA);
        hash[8..].copy_from_slice(&XxHash64::oneshot(0, &self.buffer).to_le_bytes());
        hash
    }
}

fn write_map(map: Attributes<'_>, buffer: &mut Vec<u8>) {
    let mut pairs: Vec<_> = map.iter().collect();
    pairs.sort_by_key(|(key, _)| *key);
    let mut first = 0;
    for (position, (key, _)) in pairs.iter().enumerate() {
        if pairs[first].0 != *key {
            first = position;
        }
        buffer.push(KEY);
        buffer.extend_from_slice(key);
        // The Collector looks each key up, and so finds the first of equal ones every time.
        write_value(pairs[first].1, buffer);
    }
}

fn write_value(value: AnyValue<'_>, buffer: &mut Vec<u8>) {
    match value {
        AnyValue::Empty => buffer.push(EMPTY),
        AnyValue::Text(text) => write_marked(TEXT, text, buffer),
        AnyValue::Bytes(bytes) => write_marked(BYTES, bytes, buffer),
        AnyValue::Boolean(value) => buffer.push(if value { TRUE } else { FALSE }),
        AnyValue::Int(value) => write_marked(INT, &value.to_le_bytes(), buffer),
        AnyValue::Double(value) => write_marked(DOUBLE, &value.to_le_bytes(), buffer),
        AnyValue::Map(map) => {
            buffer.push(MAP);
            write_map(map, buffer);
            buffer.push(MAP_END);
        }
        AnyValue::Array(array) => {
            buffer.push(ARRAY);
            array.iter().for_each(|value| write_value(value, buffer));
            buffer.push(ARRAY_END);
        }
    }
}

fn write_marked(mark: u8, bytes: &[u8], buffer: &mut Vec<u8>) {
    buffer.push(mark);
    buffer.extend_from_slice(bytes);
}

#[cfg(test)]
#[path = "map_hash_tests.rs"]
mod tests;
