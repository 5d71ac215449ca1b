use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};

use crate::rejection::{Cause, Rejection};

/// In what a request is written, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Protobuf,
    Json,
}

impl Form {
    /// The form that `content-type` names; its parameters (`charset=utf-8`) say nothing new.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Rejection> {
        let content_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        for form in [Self::Protobuf, Self::Json] {
            if media_type.eq_ignore_ascii_case(form.content_type().as_bytes()) {
                return Ok(form);
            }
        }
        let mut message = format!(
            "content type `{}` is not served: OTLP/HTTP has application/x-protobuf and application/json",
            String::from_utf8_lossy(media_type)
        );
        if media_type.starts_with(b"application/grpc") {
            message.push_str("; gRPC has a port of its own");
        }
        Err(Rejection::new(Cause::UnknownContentType, message))
    }

    /// Its media type.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
