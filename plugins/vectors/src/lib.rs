//! Keys that the Collector's load-balancing exporter v0.161.0 printed, with the requests they are of.
//!
//! For the tests of the built-in keys, which have to make the same bytes.

mod file;
mod input;

use serde_json::{Map, Value as Json};
use sluice_sdk::Signal;
use sluice_sdk::testing::{Key, Request, Value};

/// A request and the keys that the Collector makes of it.
#[derive(Debug)]
pub struct Vector {
    /// What is special about it.
    pub note: String,
    /// A request of one item.
    pub request: Request,
    /// The item's key; none where the Collector drops it.
    pub key: Option<Key>,
}

/// An attribute list, its hash, and the identity of a resource that has it.
#[derive(Debug)]
pub struct MapHash {
    /// The list.
    pub map: Vec<(String, Value)>,
    /// `pdatautil.MapHash` of it, in hex.
    pub hash: String,
    /// The exporter's key for a resource of these attributes.
    pub resource_id: String,
}

/// The vectors of a routing key for a signal.
///
/// # Errors
/// When the file is not as it should be.
pub fn vectors(routing_key: &str, signal: Signal) -> Result<Vec<Vector>, serde_json::Error> {
    let name = match signal {
        Signal::Traces => "traces",
        Signal::Logs => "logs",
        Signal::Metrics => "metrics",
    };
    let vectors = file::read()?.vectors.into_iter();
    let wanted = vectors.filter(|vector| vector.routing_key == routing_key && vector.signal == name);
    Ok(wanted.map(|vector| vector.into_vector(signal)).collect())
}

/// The vectors of the attribute hash.
///
/// # Errors
/// When the file is not as it should be.
pub fn map_hashes() -> Result<Vec<MapHash>, serde_json::Error> {
    let hashes = file::read()?.map_hash.into_iter();
    Ok(hashes.map(file::MapHash::into_map_hash).collect())
}

/// An attribute list; the integers of JSON are integers.
fn attributes(map: &Map<String, Json>) -> Vec<(String, Value)> {
    map.iter().map(|(key, value)| (key.clone(), attribute(value))).collect()
}

fn attribute(value: &Json) -> Value {
    match value {
        Json::Null => Value::Empty,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Double(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(values) => Value::Array(values.iter().map(attribute).collect()),
        Json::Object(map) => Value::Map(attributes(map)),
    }
}
