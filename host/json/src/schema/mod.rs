//! OTLP's messages as far as JSON needs to know them: opentelemetry-proto 1.11, field by field.

mod messages;
mod words;

pub(crate) use messages::request;

/// A message: its fields in the order of their numbers.
#[derive(Debug)]
pub(crate) struct Message(pub(crate) &'static [Member]);

/// A field.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) number: u32,
    /// Its name in JSON.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) repeated: bool,
}

/// What a field holds, and with that how JSON writes it.
#[derive(Debug)]
pub(crate) enum Kind {
    Message(&'static Message),
    Text,
    /// 16 bytes, in hex.
    TraceId,
    /// 8 bytes, in hex.
    SpanId,
    /// Other bytes.
    Base64,
    Bool,
    /// Written as a number; its names are read as well.
    Enum(&'static [(&'static str, i32)]),
    Int32,
    UInt32,
    ZigZag32,
    Int64,
    UInt64,
    Fixed32,
    Fixed64,
    SignedFixed64,
    Double,
}

impl Message {
    /// The field that a key of a JSON object names.
    ///
    /// The specification knows lowerCamelCase only. The names of the .proto files are taken as well, as the
    /// Collector takes them: an unknown key is to be ignored, and with `resource_spans` that would lose a
    /// whole request without a word.
    pub(crate) fn member(&self, key: &[u8]) -> Option<&'static Member> {
        let found = self.0.iter().find(|member| member.name.as_bytes() == key);
        match found {
            None if key.contains(&b'_') => self.0.iter().find(|member| is_snake_case_of(key, member.name)),
            found => found,
        }
    }
}

impl Kind {
    /// Whether repeated ones may be packed.
    pub(crate) fn is_number(&self) -> bool {
        !matches!(self, Self::Message(_) | Self::Text | Self::TraceId | Self::SpanId | Self::Base64)
    }
}

/// Whether `key` is `name` with `_x` for every `X`.
fn is_snake_case_of(key: &[u8], name: &str) -> bool {
    let mut key = key.iter();
    let matches = name.bytes().all(|letter| {
        let next = key.next();
        if letter.is_ascii_uppercase() {
            next == Some(&b'_') && key.next() == Some(&letter.to_ascii_lowercase())
        } else {
            next == Some(&letter)
        }
    });
    matches && key.next().is_none()
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
