use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::NoToken;

/// What a server of tokens has given (RFC 6749, 5.1).
pub(super) struct Answer {
    pub(super) access_token: String,
    /// What stands before the token.
    pub(super) scheme: String,
    /// How long it is good; `None`: for ever.
    pub(super) expires_in: Option<Duration>,
}

#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    token_type: String,
    /// A number; some servers write it as text.
    #[serde(default)]
    expires_in: Json,
}

/// RFC 6749, 5.2.
#[derive(Deserialize)]
struct Refused {
    error: String,
    #[serde(default)]
    error_description: String,
}

/// The most of a server's words that we repeat, in characters.
const MAX_WORDS: usize = 300;

/// Reads the body of a good answer.
pub(super) fn given(body: &[u8]) -> Result<Answer, NoToken> {
    // Nothing of the body is repeated, since it may be a token. A list would be read as the fields in their order.
    let given = serde_json::from_slice::<Map<String, Json>>(body);
    let given = given.and_then(|object| serde_json::from_value::<Given>(Json::Object(object)));
    let given = given
        .map_err(|_| NoToken("the server's answer is not the JSON that OAuth 2.0 asks for".to_owned()))?;
    if given.access_token.is_empty() {
        return Err(NoToken("the server's answer has no access_token".to_owned()));
    }
    let seconds = match &given.expires_in {
        Json::Number(number) => number.as_u64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    let scheme = match given.token_type.to_ascii_lowercase().as_str() {
        "" | "bearer" => "Bearer".to_owned(),
        _ => given.token_type,
    };
    Ok(Answer {
        access_token: given.access_token,
        scheme,
        expires_in: seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs),
    })
}

/// What a refusal says.
pub(super) fn refused(status: http::StatusCode, body: &[u8]) -> NoToken {
    let words = match serde_json::from_slice::<Refused>(body) {
        Ok(Refused { error, error_description }) if error_description.is_empty() => error,
        Ok(Refused { error, error_description }) => format!("{error}: {error_description}"),
        Err(_) => return NoToken(format!("the server answered HTTP {status}")),
    };
    let words: String = words.chars().take(MAX_WORDS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    NoToken(format!("the server answered HTTP {status}: {words}"))
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
