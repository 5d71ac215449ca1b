use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::directory::KEY_FILE;

/// Entries that are kept: every plugin of a large set-up, in some versions.
const MAX_ENTRIES: usize = 64;

/// Removes what was not used for the longest time. Files that a crash left behind half written count
/// too, and so go the same way.
pub(super) fn keep_newest(directory: &Path) {
    let mut entries = list(directory);
    if entries.len() <= MAX_ENTRIES {
        return;
    }
    entries.sort_unstable();
    let surplus = entries.len() - MAX_ENTRIES;
    for (_, path) in entries.drain(..surplus) {
        if let Err(fault) = fs::remove_file(&path) {
            tracing::warn!(entry = %path.display(), %fault, "an old compiled plugin cannot be removed");
        }
    }
}

fn list(directory: &Path) -> Vec<(SystemTime, PathBuf)> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let age = |entry: fs::DirEntry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()));
    entries.flatten().filter(|entry| entry.file_name() != KEY_FILE).filter_map(age).collect()
}
