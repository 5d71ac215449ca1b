//! The file as it is written.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use sluice_sdk::Signal;
use sluice_sdk::testing::Key;

use crate::input::{self, Input};
use crate::{Vector, attributes};

#[derive(Deserialize)]
pub(crate) struct File {
    pub(crate) vectors: Vec<FileVector>,
    pub(crate) map_hash: Vec<MapHash>,
}

#[derive(Deserialize)]
pub(crate) struct FileVector {
    pub(crate) signal: String,
    pub(crate) routing_key: String,
    input: Input,
    keys: Option<Vec<String>>,
    encoding: String,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
pub(crate) struct MapHash {
    map: Map<String, Json>,
    map_hash_hex: String,
    resource_id: String,
}

pub(crate) fn read() -> Result<File, serde_json::Error> {
    serde_json::from_str(include_str!("../key_vectors.json"))
}

impl FileVector {
    pub(crate) fn into_vector(self, signal: Signal) -> Vector {
        let text = self.keys.unwrap_or_default().into_iter().next();
        let bytes = |text: String| if self.encoding == "hex" { from_hex(&text) } else { text.into_bytes() };
        Vector {
            note: self.note,
            request: input::request(&self.input, signal),
            key: text.map(bytes).map(Key::Bytes),
        }
    }
}

impl MapHash {
    pub(crate) fn into_map_hash(self) -> crate::MapHash {
        crate::MapHash { map: attributes(&self.map), hash: self.map_hash_hex, resource_id: self.resource_id }
    }
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = |at: usize| text.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    (0..text.len()).step_by(2).filter_map(digits).collect()
}
