use std::fmt;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Error, Visitor};

use super::output::Output;

/// Text: its length and its bytes.
pub(super) struct Text<'a> {
    pub(super) output: &'a mut Output,
}

impl Visitor<'_> for Text<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_bytes<E: Error>(self, text: &[u8]) -> Result<(), E> {
        if std::str::from_utf8(text).is_ok() {
            self.output.delimited(text);
            return Ok(());
        }
        let mut mended = text.to_vec();
        replace_surrogates(&mut mended);
        if std::str::from_utf8(&mended).is_err() {
            return Err(E::custom("takes text in UTF-8"));
        }
        self.output.delimited(&mended);
        Ok(())
    }
}

/// serde_json gives an unpaired surrogate as the three bytes that UTF-8 would have for it; U+FFFD has three as
/// well.
fn replace_surrogates(text: &mut [u8]) {
    for at in 0..text.len().saturating_sub(2) {
        if text[at] == 0xed && text[at + 1] >= 0xa0 {
            text[at..at + 3].copy_from_slice(b"\xef\xbf\xbd");
        }
    }
}

/// An id of `N` bytes, or none: its length and its bytes.
pub(super) struct Hex<'a, const N: usize> {
    pub(super) output: &'a mut Output,
}

impl<const N: usize> Visitor<'_> for Hex<'_, N> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id of {} hex digits", N * 2)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text.is_empty() {
            self.output.delimited(&[]);
            return Ok(());
        }
        if text.len() != N * 2 {
            let (count, wanted) = (text.chars().count(), N * 2);
            return Err(E::custom(format_args!("an id has {wanted} hex digits, not {count} characters")));
        }
        let mut id = [0; N];
        for (byte, digits) in id.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = match (digit(digits[0]), digit(digits[1])) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(E::custom("an id has hex digits only")),
            };
        }
        self.output.delimited(&id);
        Ok(())
    }
}

fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        b'A'..=b'F' => Some(letter - b'A' + 10),
        _ => None,
    }
}

/// Bytes in base64: their length and they themselves.
pub(super) struct Base64<'a> {
    pub(super) output: &'a mut Output,
}

/// Protobuf's mapping takes both alphabets, with and without padding.
const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const ENGINES: [GeneralPurpose; 2] =
    [GeneralPurpose::new(&STANDARD, CONFIG), GeneralPurpose::new(&URL_SAFE, CONFIG)];

impl Visitor<'_> for Base64<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes in base64")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let [standard, url_safe] = ENGINES;
        let engine = if text.contains(['-', '_']) { url_safe } else { standard };
        let open = self.output.open();
        engine
            .decode_vec(text, self.output.bytes_mut())
            .map_err(|error| E::custom(format_args!("takes bytes in base64: {error}")))?;
        self.output.close(open);
        Ok(())
    }
}
