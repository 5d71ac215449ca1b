use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sluice_watched::read_file;

use crate::AuthError;

/// How often files of secrets are looked at.
pub const DEFAULT_RELOAD_INTERVAL: Duration = Duration::from_secs(5);

/// A name or a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// Written into the configuration.
    Text(String),
    /// In a file, which may change; white space around it does not count.
    File(PathBuf),
}

impl Credential {
    pub(crate) fn read(&self) -> Result<String, AuthError> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::File(path) => Ok(read_text(path)?.trim().to_owned()),
        }
    }

    pub(crate) fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Text(_) => None,
            Self::File(path) => Some(path.clone()),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("[REDACTED]"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

/// A file's text.
pub(crate) fn read_text(path: &Path) -> Result<String, AuthError> {
    let bytes = read_file(path).map_err(|source| AuthError::File { path: path.to_owned(), source })?;
    String::from_utf8(bytes).map_err(|_| AuthError::Unusable {
        place: path.display().to_string(),
        reason: "is not UTF-8".to_owned(),
    })
}

/// Whether two secrets are the same, in a time that depends on their lengths alone.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    // The hashes are compared in constant time.
    blake3::hash(one) == blake3::hash(other)
}
