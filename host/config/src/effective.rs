//! The configuration as it is in effect, in YAML: with its defaults, and without its secrets.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value as Json};

use crate::components::section::boundary::{CONNECTORS, EXPORTERS, EXTENSIONS, PROCESSORS, RECEIVERS};
use crate::config::Config;
use crate::decode::key::{Meaning, Status};
use crate::decode::{Block, Context, Key};
use crate::types::id::ComponentId;
use crate::types::secret::HIDDEN;
use crate::yaml::Document;
use crate::yaml::layout::Place;
use crate::yaml::value::Value;

/// Words in keys whose values are hidden wherever they stand, in a plugin's settings too.
const SECRET_WORDS: [&str; 7] =
    ["password", "passwd", "passphrase", "secret", "token", "credential", "api_key"];

/// The keys in these are names of components.
const SECTIONS: [&str; 5] = ["receivers", "processors", "exporters", "extensions", "connectors"];

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
        let mut tree = self.shown(&self.document.value, &Place::root(&self.document.layout));
        if let Json::Object(top) = &mut tree {
            write_defaults(top);
        }
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
                    // A component may be called after what it has: `bearertokenauth`.
                    let is_secret = is_secret_key(key) && !SECTIONS.contains(&place.path.as_str());
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

/// Writes out the defaults of every component, and of the blocks that concern the gateway as a whole.
fn write_defaults(top: &mut Map<String, Json>) {
    for section in [&RECEIVERS, &PROCESSORS, &EXPORTERS, &EXTENSIONS, &CONNECTORS] {
        let components = top.get_mut(section.name).and_then(Json::as_object_mut);
        for (id, component) in components.into_iter().flatten() {
            let kind = ComponentId::parse(id).ok();
            let served =
                section.served.iter().find(|served| kind.as_ref().is_some_and(|id| id.kind() == served.kind));
            if let Some(served) = served {
                complete(component, served.keys);
            }
        }
    }
    for key in Config::KEYS {
        if let Status::Block(keys) = key.status {
            complete(top.entry(key.name).or_insert(Json::Null), keys);
        }
    }
}

/// Adds to a block the keys that are not there, with their defaults.
fn complete(block: &mut Json, keys: &[Key]) {
    if block.is_null() {
        *block = Json::Object(Map::new());
    }
    // A list of blocks, or one value: what is not there has no place to be written to.
    let Json::Object(entries) = block else { return };
    for key in keys {
        let is_given = entries.get(key.name).is_some_and(|value| !value.is_null());
        let is_there = entries.contains_key(key.name);
        match key.status {
            Status::Block(keys) if is_there || !key.optional => {
                complete(entries.entry(key.name).or_insert(Json::Null), keys);
            }
            Status::Served(meaning) if !is_given && (is_there || !key.optional) => {
                if let Some(default) = default_of(meaning) {
                    entries.insert(key.name.to_owned(), default);
                }
            }
            _ => {}
        }
    }
}

/// What stands without a key; none where the reference says it in words.
fn default_of(meaning: Meaning) -> Option<Json> {
    let value = Value::parse(meaning.default).ok().filter(|_| !meaning.default.starts_with('('));
    value.map(|value| value.to_json())
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
