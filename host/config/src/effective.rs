//! The configuration as it is in effect, in YAML, with secrets hidden.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value as Json;

use crate::decode::Context;
use crate::types::secret::HIDDEN;
use crate::yaml::Document;
use crate::yaml::layout::Place;
use crate::yaml::value::Value;

/// Words in keys whose values are hidden wherever they stand, in a plugin's settings too.
const SECRET_WORDS: [&str; 7] =
    ["password", "passwd", "passphrase", "secret", "token", "credential", "api_key"];

/// What was written, after all sources were merged and all references replaced. It holds secrets, so it has no
/// `Debug` that shows anything.
pub(crate) struct Written {
    pub(crate) document: Document,
    pub(crate) context: Context,
    /// The paths of values that were read as secrets.
    pub(crate) secrets: BTreeSet<String>,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Written")
    }
}

impl Written {
    /// YAML that reads as this configuration, but for its secrets.
    pub(crate) fn effective(&self) -> String {
        let tree = self.shown(&self.document.value, &Place::root(&self.document.layout));
        serde_yaml::to_string(&tree).unwrap_or_default()
    }

    fn shown(&self, value: &Value, place: &Place<'_>) -> Json {
        if self.secrets.contains(&place.path) {
            return hidden(value);
        }
        match value.resolved() {
            Value::List(items) => {
                let items = items.iter().enumerate();
                Json::Array(items.map(|(number, item)| self.shown(item, &place.item(number))).collect())
            }
            Value::Map(entries) => {
                let shown = entries.iter().map(|(key, entry)| {
                    let is_secret = is_secret_key(key);
                    let entry = if is_secret { hidden(entry) } else { self.shown(entry, &place.key(key)) };
                    (key.clone(), entry)
                });
                Json::Object(shown.collect())
            }
            Value::Text(text) => Json::String(escaped(&without_user(text))),
            other => other.to_json(),
        }
    }
}

/// What stands for a secret: the same keys and as many items, without their values.
fn hidden(value: &Value) -> Json {
    match value.resolved() {
        Value::Null => Json::Null,
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(key, entry)| (key.clone(), hidden(entry))).collect())
        }
        Value::List(items) => Json::Array(items.iter().map(hidden).collect()),
        _ => Json::String(HIDDEN.to_owned()),
    }
}

/// A key whose name says that its value is secret; the path of a file with a secret is none.
fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    !key.ends_with("_file")
        && !key.ends_with("filename")
        && SECRET_WORDS.iter().any(|word| key.contains(word))
}

/// Hides the user and password in an address like `http://user:password@proxy`.
fn without_user(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{HIDDEN}{}", &rest[at..]),
        None => text.to_owned(),
    }
}

/// Text that is no reference, though it may look like one.
fn escaped(text: &str) -> String {
    text.replace("$$", "$$$$").replace("${", "$${")
}
