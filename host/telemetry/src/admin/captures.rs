//! Traces that samplers decide on, as they come.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// The longest that a capture may take, in seconds.
pub const MOST_SECONDS: u64 = 600;
/// The most traces and MiB of one capture.
const MOST_TRACES: u64 = 1_000_000;
const MOST_MIB: u64 = 4096;

/// What is to be captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureRequest {
    /// Traces at most.
    pub traces: u64,
    /// Bytes of them at most.
    pub bytes: u64,
    /// How long at most.
    pub time: Duration,
    /// The sampler's id; needed where there are several.
    pub processor: Option<String>,
    /// Keys of attributes whose values are replaced.
    pub redact: Vec<String>,
    /// Whether the values of all attributes are.
    pub redact_all: bool,
    /// Keys of attributes whose values stay even so.
    pub keep: Vec<String>,
}

/// Why nothing is captured, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaptureRefusal {
    /// It is not allowed.
    Forbidden(String),
    /// Somebody captures already.
    Busy(String),
    /// The request makes no sense.
    Wrong(String),
}

/// Answers with records, as they come: see `sluice-recording`.
pub type Captures = Arc<dyn Fn(&CaptureRequest) -> Result<Body, CaptureRefusal> + Send + Sync>;

pub(super) async fn answer(
    State(captures): State<Captures>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let request = match CaptureRequest::parse(query.as_deref().unwrap_or_default()) {
        Ok(_) if !is_addressed(&headers) => Err(CaptureRefusal::Forbidden(
            "the request must be for an IP address or localhost, which no web page can make a browser do"
                .to_owned(),
        )),
        Ok(request) => captures(&request),
        Err(fault) => Err(CaptureRefusal::Wrong(fault)),
    };
    match request {
        Ok(body) => ([(CONTENT_TYPE, "application/octet-stream")], body).into_response(),
        Err(refusal) => {
            let (status, words) = match refusal {
                CaptureRefusal::Forbidden(words) => (StatusCode::FORBIDDEN, words),
                CaptureRefusal::Busy(words) => (StatusCode::CONFLICT, words),
                CaptureRefusal::Wrong(words) => (StatusCode::BAD_REQUEST, words),
            };
            (status, format!("{words}\n")).into_response()
        }
    }
}

/// Whether `Host` is an address. With a name that its owner points at this machine (DNS rebinding), a web page could have
/// a browser on this machine read the answer.
fn is_addressed(headers: &HeaderMap) -> bool {
    let authority = headers.get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    authority.is_some_and(|authority| {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok()
    })
}

impl CaptureRequest {
    /// Reads `traces`, `max_mib`, `seconds`, `processor`, `redact` (several), `redact_all` and `keep` (several).
    fn parse(query: &str) -> Result<Self, String> {
        let mut request = Self {
            traces: 0,
            bytes: 0,
            time: Duration::from_secs(60),
            processor: None,
            redact: Vec::new(),
            redact_all: false,
            keep: Vec::new(),
        };
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "traces" => request.traces = number("traces", &value, MOST_TRACES)?,
                "max_mib" => request.bytes = number("max_mib", &value, MOST_MIB)? << 20,
                "seconds" => request.time = Duration::from_secs(number("seconds", &value, MOST_SECONDS)?),
                "processor" => request.processor = Some(value.into_owned()),
                "redact" => request.redact.push(value.into_owned()),
                "keep" => request.keep.push(value.into_owned()),
                "redact_all" => {
                    let all = value.parse().map_err(|_| format!("redact_all: `{value}`: true or false"))?;
                    request.redact_all = all;
                }
                _ => {
                    return Err(format!(
                        "`{key}`: known are traces, max_mib, seconds, processor, redact, redact_all and keep"
                    ));
                }
            }
        }
        if request.traces == 0 || request.bytes == 0 {
            return Err("traces and max_mib must be given".to_owned());
        }
        if request.redact_all && !request.redact.is_empty() {
            return Err("redact and redact_all exclude each other".to_owned());
        }
        if !request.redact_all && !request.keep.is_empty() {
            return Err("keep goes with redact_all".to_owned());
        }
        Ok(request)
    }
}

fn number(key: &str, value: &str, most: u64) -> Result<u64, String> {
    let number = value.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("{key}: `{value}` is no number from 1 to {most}"))
}

#[cfg(test)]
#[path = "captures_tests.rs"]
mod tests;
