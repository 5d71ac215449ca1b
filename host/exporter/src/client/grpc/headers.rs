use std::time::Duration;

use http::header::{CONTENT_TYPE, TE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{ClientSettings, Compression};
use crate::client::ClientError;

const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// What every request of a client carries.
pub(super) fn template(settings: &ClientSettings) -> Result<HeaderMap, ClientError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &settings.headers {
        let (name, value) = own(name, value)?;
        headers.append(name, value);
    }
    headers.insert(TE, HeaderValue::from_static("trailers"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    // An answer is a few bytes; compressed it would be more.
    headers.insert(GRPC_ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(encoding) = encoding(settings.compression) {
        headers.insert(GRPC_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(headers)
}

/// The name of a compression in `grpc-encoding`.
pub(super) const fn encoding(compression: Compression) -> Option<&'static str> {
    match compression {
        Compression::None => None,
        Compression::Gzip => Some("gzip"),
        Compression::Zstd => Some("zstd"),
        Compression::Snappy => Some("snappy"),
    }
}

/// A configured header, in gRPC's terms: an ASCII name and a printable ASCII value.
fn own(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), ClientError> {
    let refuse = |reason| ClientError::Header { name: name.to_owned(), reason };
    let lower = name.to_ascii_lowercase();
    let parsed =
        HeaderName::from_bytes(lower.as_bytes()).map_err(|_| refuse("the name is not a header name"))?;
    if lower.starts_with("grpc-") || matches!(lower.as_str(), "te" | "content-type" | "host" | "connection") {
        return Err(refuse("gRPC itself uses this header"));
    }
    if lower.ends_with("-bin") {
        return Err(refuse("binary headers (-bin) are not supported"));
    }
    if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(refuse("the value has a character that is not printable ASCII"));
    }
    let mut parsed_value = HeaderValue::from_str(value).map_err(|_| refuse("the value cannot be sent"))?;
    // Values may be secrets; this keeps them out of debug output and of HPACK's tables.
    parsed_value.set_sensitive(true);
    Ok((parsed, parsed_value))
}

/// Tells the server how long we wait. gRPC allows eight digits.
pub(super) fn set_timeout(headers: &mut HeaderMap, timeout: Duration) {
    const EIGHT_DIGITS: u128 = 99_999_999;
    if timeout.is_zero() {
        return;
    }
    let text = match timeout.as_millis() {
        millis @ 0..=EIGHT_DIGITS => format!("{}m", millis.max(1)),
        millis => format!("{}S", (millis / 1000).min(EIGHT_DIGITS)),
    };
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(GRPC_TIMEOUT, value);
    }
}

#[cfg(test)]
#[path = "headers_tests.rs"]
mod tests;
