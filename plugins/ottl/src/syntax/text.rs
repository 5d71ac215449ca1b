//! Texts in double quotes, with Go's escape sequences.

use std::fmt::Write as _;

/// Reads a text from its opening quote on: what it says, and how many bytes it takes up with its quotes. On an
/// error, where it is, counted from the quote.
pub(super) fn unquote(quoted: &str) -> Result<(String, usize), (usize, String)> {
    let mut value = Vec::new();
    let mut characters = quoted.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let value = String::from_utf8(value)
                    .map_err(|_| (0, "the escape sequences of this text make no UTF-8".to_owned()))?;
                return Ok((value, at + 1));
            }
            '\\' => {
                let (bytes, length) = escape(&quoted[at + 1..]).map_err(|message| (at, message))?;
                value.extend_from_slice(bytes.as_slice());
                for _ in 0..quoted[at + 1..at + 1 + length].chars().count() {
                    characters.next();
                }
            }
            other => value.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Err((0, "this text has no closing quote".to_owned()))
}

/// Reads what follows a backslash: its bytes, and its length.
fn escape(sequence: &str) -> Result<(Vec<u8>, usize), String> {
    let Some(kind) = sequence.chars().next() else { return Err("this text has no closing quote".to_owned()) };
    let simple = match kind {
        'a' => Some(7),
        'b' => Some(8),
        'f' => Some(12),
        'n' => Some(b'\n'),
        'r' => Some(b'\r'),
        't' => Some(b'\t'),
        'v' => Some(11),
        '\\' => Some(b'\\'),
        '"' => Some(b'"'),
        _ => None,
    };
    if let Some(byte) = simple {
        return Ok((vec![byte], 1));
    }
    match kind {
        'x' => Ok((vec![number(sequence, 1, 2, 16)? as u8], 3)),
        'u' => Ok((character(number(sequence, 1, 4, 16)?)?, 5)),
        'U' => Ok((character(number(sequence, 1, 8, 16)?)?, 9)),
        '0'..='7' => {
            let byte = u8::try_from(number(sequence, 0, 3, 8)?);
            Ok((vec![byte.map_err(|_| "an octal escape sequence is at most \\377".to_owned())?], 3))
        }
        other => Err(format!("`\\{other}` is no escape sequence; a backslash is written `\\\\`")),
    }
}

fn number(sequence: &str, start: usize, digits: usize, base: u32) -> Result<u32, String> {
    let digits = sequence.get(start..start + digits);
    digits
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        .and_then(|digits| u32::from_str_radix(digits, base).ok())
        .ok_or_else(|| "this escape sequence lacks digits".to_owned())
}

fn character(number: u32) -> Result<Vec<u8>, String> {
    let character = char::from_u32(number).ok_or("this escape sequence is no character")?;
    Ok(character.encode_utf8(&mut [0; 4]).as_bytes().to_vec())
}

/// Writes a text so that reading it gives the same.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
