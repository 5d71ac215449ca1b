/// Whether the content of a `KeyValue` is a key and a simple value, in the form in which encoders write
/// them. `false` says nothing about it: it is to be checked field by field.
///
/// Most bytes of a request are such attributes, so this decides how fast a scan is.
#[inline]
pub(super) fn is_plain(content: &[u8]) -> bool {
    const SHORT: u8 = 0x80;
    let [KEY, key_length, rest @ ..] = content else { return false };
    let Some([VALUE, length, value @ ..]) = rest.get(usize::from(*key_length)..) else { return false };
    // One-byte lengths are below 0x80, so a value as long as its length says is short.
    if *key_length >= SHORT || *length >= SHORT || value.len() != usize::from(*length) {
        return false;
    }
    match value {
        [STRING_VALUE, length, text @ ..] => text.len() == usize::from(*length),
        [BOOL_VALUE | INT_VALUE, number @ ..] => is_varint(number),
        [DOUBLE_VALUE, number @ ..] => number.len() == 8,
        [] => true,
        _ => false,
    }
}

/// Tags of the fields of `KeyValue`: number and wire type.
const KEY: u8 = 1 << 3 | 2;
const VALUE: u8 = 2 << 3 | 2;

/// Tags of the fields of `AnyValue`.
const STRING_VALUE: u8 = 1 << 3 | 2;
const BOOL_VALUE: u8 = 2 << 3;
const INT_VALUE: u8 = 3 << 3;
const DOUBLE_VALUE: u8 = 4 << 3 | 1;

/// Whether the bytes are one varint of less than ten bytes.
fn is_varint(bytes: &[u8]) -> bool {
    match bytes {
        [continued @ .., last] if continued.len() < 9 => {
            *last < 0x80 && continued.iter().all(|byte| *byte >= 0x80)
        }
        _ => false,
    }
}

#[cfg(test)]
#[path = "attribute_tests.rs"]
mod tests;
