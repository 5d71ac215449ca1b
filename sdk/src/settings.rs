//! Settings: from JSON to the author's struct.

use serde::de::DeserializeOwned;

/// Reads a plugin's settings.
///
/// # Errors
/// What is wrong, in serde's words (the name of an unknown or missing field, the type expected), and with
/// which setting. Where in the JSON is left out: a user wrote YAML, and never sees it.
pub(crate) fn parse<S: DeserializeOwned>(json: &str) -> Result<S, String> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let message = error.inner().to_string();
        let place = format!(" at line {} column {}", error.inner().line(), error.inner().column());
        let message = message.strip_suffix(&place).unwrap_or(&message);
        match path.as_str() {
            "." => message.to_owned(),
            // The message names the field itself.
            path if message.starts_with(&format!("unknown field `{path}`")) => message.to_owned(),
            path => format!("{path}: {message}"),
        }
    })
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
