//! What the body of an answer says: `partial_success`, or `google.rpc.Status`.

use serde::Deserialize;
use serde_json::Value as Json;
use sluice_otlp::wire::{Fields, Value};
use sluice_pipeline::Accepted;

use super::reply::Form;
use crate::client::partial;

/// The most of a server's words that we repeat, in characters.
const MAX_WORDS: usize = 512;

/// Reads the answer to a request that was taken. What is no OTLP is told and loses nothing: the status has said
/// that the request was taken.
pub(super) fn accepted(form: Form, body: &[u8]) -> Accepted {
    if body.is_empty() {
        return Accepted::all();
    }
    let read = match form {
        Form::Proto => partial::accepted(body).map_err(|error| error.message),
        Form::Json => from_json(body).map_err(|error| format!("the server's answer is malformed: {error}")),
        Form::Other => Err("the server's answer is not OTLP: it has another content type".to_owned()),
    };
    read.unwrap_or_else(|words| Accepted::partly(0, words))
}

/// `Export*ServiceResponse` of any signal.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    partial_success: Option<Partial>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Partial {
    #[serde(default, alias = "rejectedLogRecords", alias = "rejectedDataPoints")]
    rejected_spans: Json,
    #[serde(default)]
    error_message: Option<String>,
}

fn from_json(body: &[u8]) -> Result<Accepted, serde_json::Error> {
    let answer: Answer = serde_json::from_slice(body)?;
    let Some(partial) = answer.partial_success else { return Ok(Accepted::all()) };
    // An int64, as text or as a number; a negative one makes no sense and counts as none.
    let rejected = match &partial.rejected_spans {
        Json::String(text) => text.parse().unwrap_or(0),
        number => number.as_u64().unwrap_or(0),
    };
    Ok(Accepted::partly(rejected, cut(&partial.error_message.unwrap_or_default())))
}

/// The server's words in the body of a refusal: those of a `google.rpc.Status`, or plain text.
pub(super) fn words(form: Form, body: &[u8]) -> Option<String> {
    let words = match form {
        Form::Proto => message_of_status(body)?,
        Form::Json => match serde_json::from_slice::<Json>(body) {
            Ok(Json::Object(status)) => status.get("message")?.as_str()?.to_owned(),
            _ => String::from_utf8_lossy(body).into_owned(),
        },
        Form::Other => String::from_utf8_lossy(body).into_owned(),
    };
    Some(cut(words.trim())).filter(|words| !words.is_empty())
}

/// Field 2 of `google.rpc.Status`.
fn message_of_status(body: &[u8]) -> Option<String> {
    let mut fields = Fields::new(body);
    let mut message = None;
    while let Some(field) = fields.next_field().ok()? {
        if let (2, Value::Bytes(text)) = (field.number, field.value) {
            message = Some(String::from_utf8_lossy(text).into_owned());
        }
    }
    message
}

/// One line, and not without end.
fn cut(words: &str) -> String {
    words.chars().take(MAX_WORDS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
