//! Several documents to one, as the Collector merges them: blocks are joined key by key; anything else of a
//! later document replaces what an earlier one has, and so does a key with nothing after it.

use std::collections::HashMap;

use super::layout::{Inside, Spot};
use super::value::Value;
use super::{Document, MAX_DEPTH};

/// What stands between the keys of a path that is written as one key: `exporters::debug::verbosity`.
const BETWEEN_KEYS: &str = "::";

impl Document {
    /// Puts a later document over this one.
    pub(crate) fn merge(&mut self, later: Self) {
        match later.value {
            Value::Null => {}
            value => merge(&mut self.value, &mut self.layout, value, later.layout),
        }
    }

    /// Replaces each key at the top that is a path by the blocks that it stands for.
    pub(crate) fn with_paths_opened(self) -> Self {
        match self.value {
            Value::Map(entries) if entries.iter().any(|(key, _)| key.contains(BETWEEN_KEYS)) => {
                opened(entries, self.layout)
            }
            _ => self,
        }
    }
}

fn opened(entries: Vec<(String, Value)>, mut layout: Spot) -> Document {
    let mut spots = layout.take_entries();
    let mut document = Document { value: Value::Map(Vec::new()), layout };
    for (path, mut value) in entries {
        let mut spot = spots.remove(&path).unwrap_or_else(|| document.layout.leaf());
        // What is deeper than any configuration stays one key, which nobody knows.
        for key in path.rsplitn(MAX_DEPTH, BETWEEN_KEYS) {
            value = Value::Map(vec![(key.to_owned(), value)]);
            let mut around = spot.leaf();
            around.inside = Inside::Map(HashMap::from([(key.to_owned(), spot)]));
            spot = around;
        }
        document.merge(Document { value, layout: spot });
    }
    document
}

fn merge(value: &mut Value, layout: &mut Spot, later: Value, mut later_layout: Spot) {
    let (entries, later) = match (value, later) {
        (Value::Map(entries), Value::Map(later)) => (entries, later),
        (value, later) => {
            (*value, *layout) = (later, later_layout);
            return;
        }
    };
    let places: HashMap<String, usize> =
        entries.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect();
    // What an alias brings in has no places of its own: it is where the alias is.
    let mut spots = layout.take_entries();
    let mut later_spots = later_layout.take_entries();
    for (key, later_value) in later {
        let later_spot = later_spots.remove(&key).unwrap_or_else(|| later_layout.leaf());
        match places.get(&key).and_then(|place| entries.get_mut(*place)) {
            Some((_, value)) => {
                let spot = spots.entry(key).or_insert_with(|| layout.leaf());
                merge(value, spot, later_value, later_spot);
            }
            None => {
                spots.insert(key.clone(), later_spot);
                entries.push((key, later_value));
            }
        }
    }
    layout.inside = Inside::Map(spots);
}

impl Spot {
    /// The same file and line, with nothing inside.
    fn leaf(&self) -> Self {
        Self { source: self.source, line: self.line, inside: Inside::Nothing }
    }

    /// What is known of the keys of a block.
    fn take_entries(&mut self) -> HashMap<String, Self> {
        match std::mem::replace(&mut self.inside, Inside::Nothing) {
            Inside::Map(entries) => entries,
            Inside::List(_) | Inside::Nothing => HashMap::new(),
        }
    }
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
