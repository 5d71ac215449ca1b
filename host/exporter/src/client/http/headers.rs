use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, PROXY_AUTHORIZATION, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Encoding, HttpClientSettings};
use crate::client::proxy::Proxy;
use crate::client::{ClientError, USER_AGENT as OUR_NAME};

/// What the connection and the body are described by.
const OURS: [&str; 7] =
    ["host", "connection", "content-type", "content-encoding", "content-length", "transfer-encoding", "te"];

/// What every request of a client carries. `asked`: the proxy that is asked for each request, without a tunnel.
pub(super) fn template(
    settings: &HttpClientSettings,
    asked: Option<&Proxy>,
) -> Result<HeaderMap, ClientError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &settings.headers {
        let (name, value) = own(name, value)?;
        headers.append(name, value);
    }
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(OUR_NAME));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(settings.encoding.content_type()));
    // An answer is a few bytes; compressed it would be more.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some((_, word)) = settings.compression.form() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(word));
    }
    if settings.max_idle_connections == 0 {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if let Some(authorization) = asked.and_then(Proxy::authorization) {
        headers.insert(PROXY_AUTHORIZATION, authorization.clone());
    }
    Ok(headers)
}

impl Encoding {
    const fn content_type(self) -> &'static str {
        match self {
            Self::Proto => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }
}

fn own(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), ClientError> {
    let refuse = |reason| ClientError::Header { name: name.to_owned(), reason };
    let lower = name.to_ascii_lowercase();
    let parsed = HeaderName::from_bytes(lower.as_bytes());
    let parsed = parsed.map_err(|_| refuse("the name is not a header name"))?;
    if OURS.contains(&lower.as_str()) {
        return Err(refuse("the exporter itself sets this header"));
    }
    let value = Some(value).filter(|value| value.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    let value = value.and_then(|value| HeaderValue::from_str(value).ok());
    let mut value = value.ok_or_else(|| refuse("the value has a character that is not printable ASCII"))?;
    // Values may be secrets; this keeps them out of debug output and of HPACK's tables.
    value.set_sensitive(true);
    Ok((parsed, value))
}
