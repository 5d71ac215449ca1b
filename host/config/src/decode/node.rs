use super::Context;
use crate::yaml::layout::Place;
use crate::yaml::value::Value;

/// A value of the file, its place, and where to note what is wrong with it.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    pub(crate) value: &'a Value,
    pub(crate) place: Place<'a>,
    pub(crate) context: &'a Context,
}

/// What can be read from a value. A value that cannot be read is noted, and leaves `self` as it was.
pub(crate) trait Read {
    fn read(&mut self, node: &Node<'_>);
}

impl<'a> Node<'a> {
    /// Notes an error here.
    pub(crate) fn error(&self, message: impl Into<String>) {
        self.context.error(&self.place, message);
    }

    /// Notes an error here, and the word that was probably meant.
    pub(crate) fn error_with(&self, message: impl Into<String>, word: Option<&str>) {
        self.context.error_with(&self.place, message, word);
    }

    /// Notes a warning here.
    pub(crate) fn warning(&self, message: impl Into<String>) {
        self.context.warning(&self.place, message);
    }

    /// Whether nothing stands after the key.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value.resolved(), Value::Null)
    }

    /// The keys and their values; none when nothing stands here; an error when it is no block.
    pub(crate) fn entries(&self) -> Option<Vec<(&'a str, Node<'a>)>> {
        match self.value.resolved() {
            Value::Null => Some(Vec::new()),
            Value::Map(entries) => {
                Some(entries.iter().map(|(key, value)| (key.as_str(), self.entry(key, value))).collect())
            }
            other => {
                self.error(format!("takes a block of keys, not {}", other.kind()));
                None
            }
        }
    }

    /// The value at a path of keys below, if the file has it.
    pub(crate) fn find(&self, path: &[&str]) -> Option<Self> {
        let Some((key, rest)) = path.split_first() else { return Some(self.clone()) };
        let Value::Map(entries) = self.value.resolved() else { return None };
        let (_, value) = entries.iter().find(|(name, _)| name == key)?;
        self.entry(key, value).find(rest)
    }

    /// The text that stands here, if it is text.
    pub(crate) fn as_text(&self) -> Option<&'a str> {
        match self.value.resolved() {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; a single value counts as a list of one, as in the Collector.
    pub(crate) fn items(&self) -> Vec<Node<'a>> {
        match self.value.resolved() {
            Value::Null => Vec::new(),
            Value::List(items) => {
                items.iter().enumerate().map(|(number, value)| self.item(number, value)).collect()
            }
            _ => vec![self.clone()],
        }
    }

    fn entry(&self, key: &str, value: &'a Value) -> Self {
        Self { value, place: self.place.key(key), context: self.context }
    }

    fn item(&self, number: usize, value: &'a Value) -> Self {
        Self { value, place: self.place.item(number), context: self.context }
    }
}
