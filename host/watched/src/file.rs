use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest file: bundles of certificate authorities have some hundred KiB.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Reads a file of bounded size.
///
/// # Errors
/// What the system says; a device or pipe, which could be without end or without a writer, is refused.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    // Asked before it is opened: opening a pipe waits for a writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(io::Error::other(format!("it has more than {} MiB", MAX_FILE_BYTES / 1024 / 1024)));
    }
    Ok(bytes)
}
