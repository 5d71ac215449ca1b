use serde_json::{Map, Value as Json};

use crate::decode::{Fields, Read};

/// A block that is being read: every key that is read becomes a setting of the plugin.
pub(super) struct Settings<'a> {
    fields: &'a Fields<'a>,
    json: Map<String, Json>,
}

impl<'a> Settings<'a> {
    pub(super) fn of(fields: &'a Fields<'a>) -> Self {
        Self { fields, json: Map::new() }
    }

    pub(super) fn into_json(self) -> Json {
        Json::Object(self.json)
    }

    /// Reads a key; none where the file does not have it, or something else stands there.
    pub(super) fn read<T: Clone + Into<Json>>(&mut self, key: &str) -> Option<T>
    where
        Option<T>: Read,
    {
        let mut value = None;
        self.fields.read(key, &mut value);
        if let Some(value) = &value {
            self.json.insert(key.to_owned(), T::clone(value).into());
        }
        value
    }

    /// Reads a whole number, 0 to `max`.
    pub(super) fn whole(&mut self, key: &str, max: u64) -> Option<u64> {
        let node = self.fields.get(key).filter(|node| !node.is_null())?;
        let value = node.whole_number(max)?;
        self.json.insert(key.to_owned(), value.into());
        Some(value)
    }

    /// Reads a list of text.
    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        let mut texts = Vec::<String>::new();
        self.fields.read(key, &mut texts);
        if self.fields.has_value(key) {
            self.json.insert(key.to_owned(), texts.clone().into());
        }
        texts
    }

    /// Reads one of several words.
    pub(super) fn word(&mut self, key: &str, words: &[&'static str]) {
        let words: Vec<_> = words.iter().map(|word| (*word, *word)).collect();
        if let Some(word) = self.fields.get(key).and_then(|node| node.one_of(&words, str::eq)) {
            self.json.insert(key.to_owned(), word.into());
        }
    }

    /// Reads a list of such words, and says how many items it has.
    pub(super) fn words(&mut self, key: &str, words: &[&'static str]) -> usize {
        let Some(node) = self.fields.get(key) else { return 0 };
        let words: Vec<_> = words.iter().map(|word| (*word, *word)).collect();
        let items = node.items();
        let read: Vec<_> = items.iter().filter_map(|item| item.one_of(&words, str::eq)).collect();
        self.json.insert(key.to_owned(), read.into());
        items.len()
    }

    /// Reads a text that has to be there.
    pub(super) fn required_text(&mut self, key: &str) -> Option<String> {
        let text = self.read::<String>(key);
        if !self.has_value(key) {
            self.error(key, format!("{key} is missing"));
        } else if text.as_ref().is_some_and(String::is_empty) {
            self.error(key, format!("{key} cannot be empty"));
        }
        text
    }

    /// Reads a list of text that has to have something in it.
    pub(super) fn required_texts(&mut self, key: &str) -> Vec<String> {
        let texts = self.texts(key);
        if self.fields.get(key).is_none_or(|node| node.items().is_empty()) {
            self.error(key, format!("no value is listed in {key}, so no trace would match"));
        }
        texts
    }

    pub(super) fn has_value(&self, key: &str) -> bool {
        self.fields.has_value(key)
    }

    pub(super) fn fields(&self) -> &'a Fields<'a> {
        self.fields
    }

    pub(super) fn error(&self, key: &str, message: impl Into<String>) {
        self.fields.error(key, message);
    }

    pub(super) fn warning(&self, key: &str, message: impl Into<String>) {
        self.fields.warning(key, message);
    }
}
