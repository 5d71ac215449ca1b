use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response};
use http_body_util::Full;
use sluice_otlp::Signal;
use sluice_otlp::wire::{put_varint, varint_len};
use sluice_pipeline::Accepted;
use tonic::Status;
use tonic_types::StatusExt;

use super::encoding::Encodings;
use super::form::Form;
use super::status;
use crate::rejection::{Cause, Rejection};
use crate::response;
use crate::status::{shorten, status as rpc_status};

/// What goes back: all of it at once, since it is short.
pub(super) type Reply = Response<Full<Bytes>>;

/// The request was taken, all of it or in part.
pub(super) fn success(form: Form, signal: Signal, accepted: &Accepted) -> Reply {
    let body = match form {
        Form::Protobuf => response::encode(accepted).into(),
        Form::Json if response::is_full(accepted) => Bytes::from_static(b"{}"),
        Form::Json => partial_success(signal, accepted).into(),
    };
    reply(form, body)
}

/// The request was not taken: a `google.rpc.Status`.
pub(super) fn failure(form: Form, encodings: &Encodings, rejection: &Rejection) -> Reply {
    let told = rpc_status(rejection);
    let body = match form {
        Form::Protobuf => protobuf_status(&told),
        Form::Json => json_status(&told).into(),
    };
    let mut reply = reply(form, body);
    *reply.status_mut() = status::code(rejection.cause);
    let headers = reply.headers_mut();
    if let Some(delay) = rejection.retry_after {
        headers.insert(RETRY_AFTER, seconds(delay).into());
    }
    match rejection.cause {
        Cause::MethodNotAllowed => drop(headers.insert(ALLOW, HeaderValue::from_static("POST"))),
        Cause::UnknownEncoding => drop(headers.insert(ACCEPT_ENCODING, encodings.header().clone())),
        _ => {}
    }
    reply
}

fn reply(form: Form, body: Bytes) -> Reply {
    let mut reply = Response::new(Full::new(body));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(form.content_type()));
    reply
}

/// Whole seconds, at least one: 0 would mean at once.
fn seconds(delay: Duration) -> u64 {
    delay.as_secs().saturating_add(u64::from(delay.subsec_nanos() > 0)).max(1)
}

/// `Export*ServiceResponse` in OTLP/JSON: the count is a 64-bit integer, and so is text.
fn partial_success(signal: Signal, accepted: &Accepted) -> String {
    let rejected = match signal {
        Signal::Traces => "rejectedSpans",
        Signal::Logs => "rejectedLogRecords",
        Signal::Metrics => "rejectedDataPoints",
    };
    let (count, message) = (accepted.rejected, quoted(&shorten(&accepted.message)));
    format!("{{\"partialSuccess\":{{\"{rejected}\":\"{count}\",\"errorMessage\":{message}}}}}")
}

/// Field 1 is the code, 2 the message, 3 the details; with details, tonic has written all of it.
fn protobuf_status(status: &Status) -> Bytes {
    if !status.details().is_empty() {
        return Bytes::copy_from_slice(status.details());
    }
    let (code, message) = (status.code() as u64, status.message());
    let mut out = Vec::with_capacity(4 + varint_len(message.len() as u64) + message.len());
    out.push(1 << 3);
    put_varint(&mut out, code);
    out.push(2 << 3 | 2);
    put_varint(&mut out, message.len() as u64);
    out.extend_from_slice(message.as_bytes());
    out.into()
}

/// The same in JSON, as protobuf's mapping has it.
fn json_status(status: &Status) -> String {
    let mut out = format!("{{\"code\":{},\"message\":{}", status.code() as i32, quoted(status.message()));
    let details = status.get_error_details();
    // Writing to a String does not fail.
    if let Some(delay) = details.retry_info().and_then(|info| info.retry_delay) {
        let seconds = delay.as_secs_f64();
        let _ = write!(
            out,
            ",\"details\":[{{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"{seconds}s\"}}]"
        );
    }
    if let Some(violation) = details.bad_request().and_then(|request| request.field_violations.first()) {
        let (field, description) = (quoted(&violation.field), quoted(&violation.description));
        let _ = write!(
            out,
            ",\"details\":[{{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\
             \"fieldViolations\":[{{\"field\":{field},\"description\":{description}}}]}}]"
        );
    }
    out.push('}');
    out
}

/// Text as JSON has it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
