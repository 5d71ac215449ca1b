//! What samplers decided lately.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Decisions that are told of at a time, at most.
const MOST: usize = 10_000;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The decisions on this trace; else the last ones.
    pub trace_id: Option<[u8; 16]>,
    /// How many at most.
    pub last: usize,
    /// Only those that kept nothing.
    pub dropped: bool,
}

/// Answers with decisions, the last one first.
pub type Decisions = Arc<dyn Fn(&Question) -> Vec<Value> + Send + Sync>;

pub(super) async fn answer(State(decisions): State<Decisions>, RawQuery(query): RawQuery) -> Response {
    match Question::parse(query.as_deref().unwrap_or_default()) {
        Ok(question) => {
            let page = Value::Array(decisions(&question)).to_string();
            ([(CONTENT_TYPE, "application/json")], page).into_response()
        }
        Err(fault) => (StatusCode::BAD_REQUEST, format!("{fault}\n")).into_response(),
    }
}

impl Question {
    /// Reads `trace_id=HEX`, `last=NUMBER` and `dropped=true`.
    fn parse(query: &str) -> Result<Self, String> {
        let mut question = Self { trace_id: None, last: 20, dropped: false };
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "trace_id" => {
                    let is_id = value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
                    let id = u128::from_str_radix(&value, 16).ok().filter(|_| is_id);
                    let id = id.ok_or_else(|| format!("trace_id: `{value}` is no 32 hexadecimal digits"))?;
                    question.trace_id = Some(id.to_be_bytes());
                }
                "last" => {
                    let last = value.parse::<usize>().map_err(|_| format!("last: `{value}` is no number"))?;
                    question.last = last.min(MOST);
                }
                "dropped" => {
                    let dropped = value.parse().map_err(|_| format!("dropped: `{value}`: true or false"))?;
                    question.dropped = dropped;
                }
                _ => return Err(format!("`{key}`: known are trace_id, last and dropped")),
            }
        }
        Ok(question)
    }
}

#[cfg(test)]
#[path = "decisions_tests.rs"]
mod tests;
