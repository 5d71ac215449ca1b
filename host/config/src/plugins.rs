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
    /// How long one call may take.
    pub deadline: Duration,
    /// What the memory of one instance may come to, in MiB.
    pub max_memory_mib: u32,
    /// How many rows one call is given at most; more are given in several calls.
    pub max_rows: u32,
    /// How many bytes one call is given, and may answer with, at most.
    pub max_call_bytes: usize,
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
        Self {
            directories: Vec::new(),
            cache: PluginCache::Standard,
            deadline: Duration::from_millis(100),
            max_memory_mib: 64,
            max_rows: 8_192,
            max_call_bytes: 4 * 1024 * 1024,
        }
    }
}

impl Block for Plugins {
    const KEYS: &'static [Key] = &[
        Key::new("directories", "list of paths", "[]", "where `<name>.wasm` is looked for; watched").own(),
        Key::new("cache", "path or `off`", "(the user's cache)", "where compiled plugins are kept").own(),
        Key::new("deadline", "duration", "100ms", "for one call").own(),
        Key::new("max_memory_mib", "MiB", "64", "for one instance").own(),
        Key::new("max_rows", "number", "8192", "in one call; more rows are given in several").own(),
        Key::new("max_call_bytes", "bytes", "4194304", "in one call, and in its answer").own(),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        let mut directories = Vec::<String>::new();
        fields.read("directories", &mut directories);
        self.directories = directories.into_iter().map(PathBuf::from).collect();
        fields.read("cache", &mut self.cache);
        fields.read("deadline", &mut self.deadline);
        fields.read("max_memory_mib", &mut self.max_memory_mib);
        fields.read("max_rows", &mut self.max_rows);
        fields.read("max_call_bytes", &mut self.max_call_bytes);
        fields.refuse_zero("deadline", self.deadline.is_zero());
        fields.refuse_zero("max_memory_mib", self.max_memory_mib == 0);
        fields.refuse_zero("max_rows", self.max_rows == 0);
        fields.refuse_zero("max_call_bytes", self.max_call_bytes == 0);
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

/// The name of a file in a plugin directory, without `.wasm`.
pub(crate) fn is_plugin_name(name: &str) -> bool {
    !name.starts_with('.') && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
}
