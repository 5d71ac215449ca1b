use super::key::Status;
use super::{Key, Node, Read};
use crate::findings::nearest::nearest;

/// Up to so many keys are listed when one is unknown.
const MAX_LISTED: usize = 8;

/// A block of keys.
pub(crate) trait Block {
    /// The keys that it may have, and those that are refused by name.
    const KEYS: &'static [Key];

    /// Reads the keys that the file has, over the defaults that `self` starts with, and checks what only
    /// the block as a whole can tell.
    fn fill(&mut self, fields: &Fields<'_>);

    /// A key that is not in the table and belongs here all the same: the block of a plugin.
    fn further_key(_node: &Node<'_>) -> Option<String> {
        None
    }
}

impl<B: Block> Read for B {
    fn read(&mut self, node: &Node<'_>) {
        if let Some(fields) = Fields::open(node, B::KEYS, B::further_key(node).as_deref()) {
            self.fill(&fields);
        }
    }
}

/// A block that need not be there; a key with nothing after it is a block with its defaults.
impl<B: Block + Default> Read for Option<B> {
    fn read(&mut self, node: &Node<'_>) {
        self.get_or_insert_default().read(node);
    }
}

/// The keys of a block in the file that are worth reading.
pub(crate) struct Fields<'a> {
    node: &'a Node<'a>,
    entries: Vec<(&'a str, Node<'a>)>,
    given: usize,
}

impl<'a> Fields<'a> {
    /// Opens a block that may have these keys, and one more; none when it is no block.
    pub(crate) fn open(node: &'a Node<'a>, keys: &[Key], further: Option<&str>) -> Option<Self> {
        let mut entries = node.entries()?;
        let given = entries.len();
        entries.retain(|(name, entry)| is_readable(name, entry, keys, further));
        Some(Self { node, entries, given })
    }

    /// How many keys the file has here, those included that cannot be read.
    pub(crate) fn given(&self) -> usize {
        self.given
    }

    /// Reads a key into `target`, which stays as it is when the file does not have the key.
    pub(crate) fn read(&self, key: &str, target: &mut impl Read) {
        if let Some(node) = self.get(key) {
            target.read(node);
        }
    }

    /// The value of a key, if the file has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entries.iter().find(|(name, _)| *name == key).map(|(_, node)| node)
    }

    /// Whether the file has the key, and something after it.
    pub(crate) fn has_value(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| !node.is_null())
    }

    /// Notes an error at a key, or at the block where the file does not have the key.
    pub(crate) fn error(&self, key: &str, message: impl Into<String>) {
        self.at(key).error(message);
    }

    /// Notes a warning at a key, or at the block where the file does not have the key.
    pub(crate) fn warning(&self, key: &str, message: impl Into<String>) {
        self.at(key).warning(message);
    }

    /// Notes at a key what could be better; `validate` tells it, a start does not.
    pub(crate) fn advise(&self, key: &str, message: impl Into<String>) {
        let node = self.at(key);
        node.context.advise(&node.place, message);
    }

    /// Notes an error when a number is zero that nothing can work with.
    pub(crate) fn refuse_zero(&self, key: &str, is_zero: bool) {
        if is_zero {
            self.error(key, "must be positive: with 0 nothing would go through");
        }
    }

    fn at(&self, key: &str) -> &Node<'a> {
        self.get(key).unwrap_or(self.node)
    }
}

fn is_readable(name: &str, entry: &Node<'_>, keys: &[Key], further: Option<&str>) -> bool {
    match keys.iter().find(|key| key.name == name).map(|key| key.status) {
        Some(Status::Served(_) | Status::Block(_)) => return true,
        Some(Status::Refused(advice)) => entry.error(format!("not served: {advice}")),
        Some(Status::Inert(reason)) => entry.warning(format!("changes nothing: {reason}")),
        None if further == Some(name) => return true,
        None => unknown_key(name, entry, keys, further),
    }
    false
}

fn unknown_key(name: &str, entry: &Node<'_>, keys: &[Key], further: Option<&str>) {
    let meant = nearest(name, keys.iter().map(|key| key.name).chain(further));
    let served: Vec<_> = keys.iter().filter(|key| key.is_served()).map(|key| key.name).collect();
    let message = match served.as_slice() {
        _ if meant.is_some() => "unknown key".to_owned(),
        [] => "unknown key; this block has none".to_owned(),
        served if served.len() <= MAX_LISTED => format!("unknown key; known here: {}", served.join(", ")),
        _ => "unknown key".to_owned(),
    };
    entry.error_with(message, meant);
}
