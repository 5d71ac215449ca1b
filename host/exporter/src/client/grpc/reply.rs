use bytes::{Buf, Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt;
use tonic::Code;
use tonic::body::Body;

use super::message::PREFIX;
use crate::client::compress::decompress;
use crate::client::status::{Answer, answer, no_reply, refused};
use crate::client::{ErrorKind, ExportError, MAX_REPLY};

/// Reads a gRPC answer with one message; gives the message.
pub(super) async fn read(response: Response<Body>) -> Result<Bytes, ExportError> {
    let (head, body) = response.into_parts();
    // "Trailers-Only": a server that refuses at once says so in the headers.
    if let Some(answer) = answer(&head.headers) {
        answer.into_result()?;
        return Ok(Bytes::new());
    }
    if let Some(error) = not_grpc(head.status, &head.headers) {
        return Err(error);
    }
    let (message, trailers) = collect(body).await?;
    match trailers.as_ref().and_then(answer) {
        Some(answer) => answer.into_result()?,
        None => return Err(broken_off()),
    }
    unframe(message, &head.headers)
}

/// An answer from something that does not speak gRPC, a proxy mostly.
fn not_grpc(status: StatusCode, headers: &HeaderMap) -> Option<ExportError> {
    if status != StatusCode::OK {
        return Some(Answer::of_http(status).into_error());
    }
    let content_type = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
    if content_type.starts_with(b"application/grpc") {
        return None;
    }
    let content_type = String::from_utf8_lossy(content_type);
    Some(refused(Code::Unknown, format!("the answer is not gRPC: its content type is {content_type:?}")))
}

async fn collect(mut body: Body) -> Result<(Bytes, Option<HeaderMap>), ExportError> {
    let mut message = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|status| no_reply(&status))?;
        match frame.into_data() {
            Ok(data) if message.len() + data.len() > MAX_REPLY + PREFIX => return Err(too_long()),
            Ok(data) => message.extend_from_slice(&data),
            Err(frame) => return Ok((message.freeze(), frame.into_trailers().ok())),
        }
    }
    Ok((message.freeze(), None))
}

/// Takes the message out of its frame. An answer without one counts as empty.
fn unframe(mut framed: Bytes, headers: &HeaderMap) -> Result<Bytes, ExportError> {
    if framed.len() < PREFIX {
        return Ok(Bytes::new());
    }
    let is_compressed = framed.get_u8() == 1;
    let length = framed.get_u32() as usize;
    framed.truncate(length);
    if !is_compressed {
        return Ok(framed);
    }
    let encoding = headers.get("grpc-encoding").and_then(|value| value.to_str().ok()).unwrap_or_default();
    decompress(encoding, &framed, MAX_REPLY).map_err(|error| {
        refused(Code::Internal, format!("the server's answer cannot be decompressed: {error}"))
    })
}

fn too_long() -> ExportError {
    refused(Code::ResourceExhausted, format!("the server's answer is longer than {MAX_REPLY} bytes"))
}

/// Without a status we cannot know whether the server took the request: OTLP says to send it again.
fn broken_off() -> ExportError {
    ExportError {
        kind: ErrorKind::Retryable { after: None },
        code: Code::Unavailable,
        message: "the server ended its answer without a status".to_owned(),
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
