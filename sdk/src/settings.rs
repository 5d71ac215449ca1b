//! Settings: from JSON to the author's struct.

use serde::de::DeserializeOwned;

/// Reads a plugin's settings.
///
/// # Errors
/// What is wrong, in serde's words (the name of an unknown or missing field, the type expected). Where
/// in the JSON is left out: a user wrote YAML, and never sees it.
pub(crate) fn parse<S: DeserializeOwned>(json: &str) -> Result<S, String> {
    serde_json::from_str(json).map_err(|error| {
        let message = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        message.strip_suffix(&place).unwrap_or(&message).to_owned()
    })
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
