//! The tree of values. The only place that knows the YAML library which makes it.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// A value as the file has it. It can hold secrets, so it has no `Debug`.
#[derive(Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// What a reference like `${env:NAME}` stands for: read as YAML, and as the text that it was.
    Expanded {
        value: Box<Value>,
        text: String,
    },
}

/// Why a text is no tree of values.
pub(crate) struct NoValue {
    pub(crate) message: String,
    pub(crate) line: Option<usize>,
}

impl Value {
    /// Reads one YAML document. The caller has bounded its size and what its aliases expand to.
    pub(crate) fn parse(text: &str) -> Result<Self, NoValue> {
        serde_yaml::from_str(text).map_err(|error| {
            let line = error.location().map(|location| location.line());
            let message = error.to_string();
            let end = message.find(" at line ").unwrap_or(message.len());
            NoValue { message: message[..end].to_owned(), line }
        })
    }

    /// What the value is, for people.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a block of keys",
            Self::Expanded { value, .. } => value.kind(),
        }
    }

    /// The value behind a reference, or itself.
    pub(crate) fn resolved(&self) -> &Self {
        match self {
            Self::Expanded { value, .. } => value.resolved(),
            other => other,
        }
    }

    /// The same, to be changed.
    pub(crate) fn resolved_mut(&mut self) -> &mut Self {
        match self {
            Self::Expanded { value, .. } => value.resolved_mut(),
            other => other,
        }
    }

    /// The same as JSON, for the settings of a plugin.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Integer(value) => integer_to_json(*value),
            Self::Float(value) => serde_json::Number::from_f64(*value).map_or(Json::Null, Json::Number),
            Self::Text(text) => Json::String(text.clone()),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(entries) => {
                Json::Object(entries.iter().map(|(key, value)| (key.clone(), value.to_json())).collect())
            }
            Self::Expanded { value, .. } => value.to_json(),
        }
    }

    /// A key as text: YAML lets numbers and truth values be keys, a configuration has only words.
    fn into_key(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Integer(value) => Some(value.to_string()),
            Self::Float(value) => Some(value.to_string()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Null | Self::List(_) | Self::Map(_) | Self::Expanded { .. } => None,
        }
    }
}

fn integer_to_json(value: i128) -> serde_json::Value {
    if let Ok(small) = i64::try_from(value) {
        return small.into();
    }
    u64::try_from(value).map_or(serde_json::Value::Null, Into::into)
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML without tags")
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<Value, Value>()? {
            let key = key.into_key().ok_or_else(|| A::Error::custom("a key must be a word"))?;
            entries.push((key, value));
        }
        merged(entries).map(Value::Map).map_err(A::Error::custom)
    }
}

/// Applies YAML's merge key: what `<<` names is added where the block itself does not say otherwise, and
/// of several named blocks the first one wins.
fn merged(entries: Vec<(String, Value)>) -> Result<Vec<(String, Value)>, &'static str> {
    let (merges, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key == "<<");
    if merges.is_empty() {
        return Ok(own);
    }
    let mut known: HashSet<String> = own.iter().map(|(key, _)| key.clone()).collect();
    for (_, merge) in merges {
        let blocks = match merge {
            Value::List(blocks) => blocks,
            block => vec![block],
        };
        for block in blocks {
            let Value::Map(inherited) = block else { return Err("`<<` takes a block of keys") };
            own.extend(inherited.into_iter().filter(|(key, _)| known.insert(key.clone())));
        }
    }
    Ok(own)
}
