use std::path::PathBuf;
use std::time::Duration;

use crate::decode::{Block, Fields, Key, Node, Read};
use crate::yaml::value::Value;

/// `plugins`: where plugins come from, and what one call of them may cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Plugins {
    /// Directories with `<name>.wasm`; they are watched, and earlier ones win over later ones and built-ins.
    pub directories: Vec<PathBuf>,
    /// Where compiled plugins are kept.
    pub cache: PluginCache,
    /// What a call may take; the plugin host's default when `None`.
    pub deadline: Option<Duration>,
    /// What a plugin's memory may come to, in MiB; the plugin host's default when `None`.
    pub max_memory_mib: Option<u32>,
}

/// Where compiled plugins are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PluginCache {
    /// Where the plugin host keeps them by itself.
    #[default]
    Standard,
    /// Nowhere: plugins are compiled at each start.
    Off,
    /// In this directory.
    Directory(PathBuf),
}

impl Default for Plugins {
    fn default() -> Self {
        Self { directories: Vec::new(), cache: PluginCache::Standard, deadline: None, max_memory_mib: None }
    }
}

impl Block for Plugins {
    const KEYS: &'static [Key] = &[
        Key::new("directories", "list of paths", "[]", "where `<name>.wasm` is looked for; watched").own(),
        Key::new("cache", "path or `off`", "(the user's cache)", "where compiled plugins are kept").own(),
        Key::new("deadline", "duration", "(see docs)", "for one call").own(),
        Key::new("max_memory_mib", "MiB", "(see docs)", "for one instance").own(),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        let mut directories = Vec::<String>::new();
        fields.read("directories", &mut directories);
        self.directories = directories.into_iter().map(PathBuf::from).collect();
        fields.read("cache", &mut self.cache);
        fields.read("deadline", &mut self.deadline);
        fields.read("max_memory_mib", &mut self.max_memory_mib);
        if self.deadline.is_some_and(|deadline| deadline.is_zero()) {
            fields.error("deadline", "must be positive: without time no plugin answers");
        }
        if self.max_memory_mib == Some(0) {
            fields.error("max_memory_mib", "must be positive: without memory no plugin runs");
        }
    }
}

impl Read for PluginCache {
    fn read(&mut self, node: &Node<'_>) {
        // YAML 1.1 takes a bare `off` for false.
        if matches!(node.value.resolved(), Value::Bool(false)) {
            *self = Self::Off;
            return;
        }
        let mut path = None::<String>;
        path.read(node);
        match path.as_deref() {
            None => {}
            Some("off") => *self = Self::Off,
            Some(path) => *self = Self::Directory(PathBuf::from(path)),
        }
    }
}
