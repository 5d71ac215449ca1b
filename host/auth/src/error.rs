use std::path::PathBuf;

use thiserror::Error;

/// Why settings cannot be used: the configuration's fault, or that of a file it names.
#[derive(Debug, Error)]
pub enum AuthError {
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that has nothing in it, or something that cannot be used.
    #[error("{place} {reason}")]
    Unusable {
        /// Where it stands: a key, perhaps with a line.
        place: String,
        /// What is wrong; nothing of the content.
        reason: String,
    },
    /// A header that cannot be sent.
    #[error("header {name:?}: {reason}")]
    Header {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Why there is no token to show. Trying again can help.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no token: {0}")]
pub struct NoToken(pub(crate) String);

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denied {
    /// It shows nothing.
    #[error("the request shows no credentials")]
    Missing,
    /// What it shows is of another kind.
    #[error("the request's credentials are not of the kind that is asked for")]
    Malformed,
    /// What it shows is wrong.
    #[error("the request's credentials are wrong")]
    Wrong,
    /// Too many passwords wait to be checked; trying again can help.
    #[error("too many passwords wait to be checked")]
    Busy,
}
