use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What was in the plugin directories at one moment.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    /// By the plugin's name.
    pub(super) files: BTreeMap<String, PluginFile>,
    /// What looks like a plugin and is none, with the reason.
    ignored: BTreeMap<PathBuf, String>,
}

/// A file that is a plugin by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PluginFile {
    pub(super) path: PathBuf,
    directory: PathBuf,
    stamp: Stamp,
}

/// What changes when a file's content may have: where it really is, past all links, and what the file
/// system says of it. A link that is set to another target counts, whichever link on the way it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    real: PathBuf,
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Snapshot {
    /// Looks through the directories. One that cannot be read now keeps what it had: a volume that is
    /// being mounted anew removes no plugins.
    pub(super) fn take(directories: &[PathBuf], known: &Self, max_bytes: u64) -> Self {
        let mut next = Self::default();
        for directory in directories {
            if let Err(fault) = next.add_directory(directory, max_bytes) {
                tracing::warn!(directory = %directory.display(), %fault, "the plugin directory cannot be read, its plugins stay as they are");
                next.keep(known, directory);
            }
        }
        for (path, reason) in &next.ignored {
            if known.ignored.get(path) != Some(reason) {
                tracing::warn!(path = %path.display(), reason, "not taken for a plugin");
            }
        }
        next
    }

    fn add_directory(&mut self, directory: &Path, max_bytes: u64) -> io::Result<()> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(directory)? {
            paths.push(entry?.path());
        }
        for path in paths {
            match plugin_file(directory, &path, max_bytes) {
                Ok(Some((name, file))) => self.add(name, file),
                Ok(None) => {}
                Err(reason) => _ = self.ignored.insert(path, reason),
            }
        }
        Ok(())
    }

    /// The first of a name counts.
    fn add(&mut self, name: String, file: PluginFile) {
        match self.files.get(&name) {
            Some(first) => {
                let reason = format!("{} comes before it", first.path.display());
                self.ignored.insert(file.path, reason);
            }
            None => _ = self.files.insert(name, file),
        }
    }

    fn keep(&mut self, known: &Self, directory: &Path) {
        for (name, file) in known.files.iter().filter(|(_, file)| file.directory == directory) {
            self.files.entry(name.clone()).or_insert_with(|| file.clone());
        }
    }
}

/// The plugin that a path is by its name; `None` for what has nothing to do with plugins; an error says
/// why it is none although it looks like one.
fn plugin_file(
    directory: &Path,
    path: &Path,
    max_bytes: u64,
) -> Result<Option<(String, PluginFile)>, String> {
    let is_hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    if is_hidden || path.extension().is_none_or(|extension| extension != "wasm") {
        return Ok(None);
    }
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    if !is_valid_name(name) {
        return Err("a plugin's name has 1 to 64 letters, digits and any of `_-`".to_owned());
    }
    let real = path.canonicalize().map_err(|fault| fault.to_string())?;
    let metadata = fs::metadata(&real).map_err(|fault| fault.to_string())?;
    if !metadata.is_file() {
        return Err("it is not a file".to_owned());
    }
    if metadata.len() > max_bytes {
        return Err(format!("it has {} bytes, a plugin may have {max_bytes}", metadata.len()));
    }
    let stamp = Stamp::new(real, &metadata);
    Ok(Some((name.to_owned(), PluginFile { path: path.to_owned(), directory: directory.to_owned(), stamp })))
}

fn is_valid_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

impl Stamp {
    fn new(real: PathBuf, metadata: &Metadata) -> Self {
        Self {
            real,
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
