use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

/// The installation's key; named so that it is no entry.
pub(super) const KEY_FILE: &str = "key";

pub(super) type Key = [u8; blake3::KEY_LEN];

/// Why a directory cannot serve as cache.
#[derive(Debug, Error)]
pub(crate) enum CacheFault {
    #[error("{} cannot be used: {source}", path.display())]
    Unusable { path: PathBuf, source: io::Error },
    #[error("{} is open to other users (mode {mode:o}): close it with `chmod 700`, or name another", path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("{} belongs to another user (uid {owner}, we are uid {us})", path.display())]
    Foreign { path: PathBuf, owner: u32, us: u32 },
    #[error("{} is not a key of ours: remove it, and the entries beside it are made anew", path.display())]
    Key { path: PathBuf },
}

/// Makes sure that the directory is there and ours alone; answers with where it really is, and the key.
pub(super) fn open(path: &Path) -> Result<(PathBuf, Key), CacheFault> {
    let unusable = |source| CacheFault::Unusable { path: path.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(unusable)?;
    let real = path.canonicalize().map_err(unusable)?;
    let directory = fs::metadata(&real).map_err(unusable)?;
    check_closed(&real, &directory)?;
    // What we write belongs to whoever we are: the one way to ask that needs no system library.
    let new_key = NamedTempFile::new_in(&real).map_err(unusable)?;
    let us = new_key.as_file().metadata().map_err(unusable)?.uid();
    check_owner(&real, &directory, us)?;
    let key = read_or_make_key(&real, new_key, us)?;
    Ok((real, key))
}

fn check_closed(path: &Path, metadata: &Metadata) -> Result<(), CacheFault> {
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(CacheFault::Open { path: path.to_owned(), mode }) }
}

fn check_owner(path: &Path, metadata: &Metadata, us: u32) -> Result<(), CacheFault> {
    let owner = metadata.uid();
    if owner == us { Ok(()) } else { Err(CacheFault::Foreign { path: path.to_owned(), owner, us }) }
}

/// Reads the key; the first to come makes it. Where two come at once, one of the keys stands for both.
fn read_or_make_key(directory: &Path, new: NamedTempFile, us: u32) -> Result<Key, CacheFault> {
    let path = directory.join(KEY_FILE);
    let unusable = |source| CacheFault::Unusable { path: path.clone(), source };
    if !fs::exists(&path).map_err(unusable)? {
        make_key(new, &path).map_err(unusable)?;
    }
    let mut file = File::open(&path).map_err(unusable)?;
    let metadata = file.metadata().map_err(unusable)?;
    check_closed(&path, &metadata)?;
    check_owner(&path, &metadata, us)?;
    let mut key = Key::default();
    if metadata.len() != key.len() as u64 {
        return Err(CacheFault::Key { path });
    }
    file.read_exact(&mut key).map_err(unusable)?;
    Ok(key)
}

/// A file of `tempfile` has mode 0600 from the start.
fn make_key(mut file: NamedTempFile, path: &Path) -> io::Result<()> {
    let mut key = Key::default();
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    file.write_all(&key)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(fault) if fault.error.kind() != io::ErrorKind::AlreadyExists => Err(fault.error),
        _ => Ok(()),
    }
}
