use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue};

use crate::inflate::Encoding;
use crate::rejection::{Cause, Rejection};

/// Every name that `content-encoding` may have, and what it means; none is as it is.
const NAMES: [(&str, Option<Encoding>); 9] = [
    ("", None),
    ("gzip", Some(Encoding::Gzip)),
    ("zstd", Some(Encoding::Zstd)),
    ("zlib", Some(Encoding::Zlib)),
    // RFC 9110, 8.4.1.2: deflate means zlib's format.
    ("deflate", Some(Encoding::Zlib)),
    ("snappy", Some(Encoding::Snappy)),
    ("x-snappy-framed", Some(Encoding::Snappy)),
    ("lz4", Some(Encoding::Lz4)),
    // RFC 9110, 8.4.1.3.
    ("x-gzip", Some(Encoding::Gzip)),
];

/// The encodings that a server takes.
#[derive(Debug)]
pub(crate) struct Encodings {
    taken: Vec<(&'static str, Option<Encoding>)>,
    /// The same, as an answer names them.
    header: HeaderValue,
}

impl Encodings {
    /// Those that `compression_algorithms` names; `""` is a body as it is. What we do not know is left out: the
    /// configuration has refused it.
    pub(crate) fn new(names: &[String]) -> Self {
        let is_taken = |name: &str| match name {
            "x-gzip" => names.iter().any(|taken| taken == "gzip"),
            _ => names.iter().any(|taken| taken == name),
        };
        let taken: Vec<_> = NAMES.into_iter().filter(|(name, _)| is_taken(name)).collect();
        let words = taken.iter().map(|(name, _)| if name.is_empty() { "identity" } else { name });
        let header = words.collect::<Vec<_>>().join(", ");
        // The words are ours.
        let header = HeaderValue::from_str(&header).unwrap_or(HeaderValue::from_static("identity"));
        Self { taken, header }
    }

    /// How the body of a request is compressed.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Result<Option<Encoding>, Rejection> {
        let name = headers.get(CONTENT_ENCODING).map_or(&b""[..], HeaderValue::as_bytes).trim_ascii();
        let name = if name.eq_ignore_ascii_case(b"identity") { b"" } else { name };
        let taken = self.taken.iter().find(|(taken, _)| name.eq_ignore_ascii_case(taken.as_bytes()));
        taken.map(|(_, encoding)| *encoding).ok_or_else(|| {
            let (name, taken) = (String::from_utf8_lossy(name), self.header.to_str().unwrap_or_default());
            let message = format!("content-encoding `{name}` is not taken; these are: {taken}");
            Rejection::new(Cause::UnknownEncoding, message)
        })
    }

    /// What is taken, for `accept-encoding`.
    pub(super) fn header(&self) -> &HeaderValue {
        &self.header
    }
}

#[cfg(test)]
#[path = "encoding_tests.rs"]
mod tests;
