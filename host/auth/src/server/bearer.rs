use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName};
use sluice_watched::{Watch, Watched};

use crate::secret::{read_text, same};
use crate::{AuthError, Denied};

/// `bearertokenauth`, of a server or a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BearerSettings {
    /// The header that has the token; `authorization` unless told otherwise.
    pub header: String,
    /// What stands before the token; nothing when empty.
    pub scheme: String,
    /// The tokens: a server takes any of them, a client shows the first.
    pub tokens: Tokens,
    /// How often the file is looked at; zero: never again.
    pub reload_interval: Duration,
}

/// Where tokens stand.
#[derive(Clone, PartialEq, Eq)]
pub enum Tokens {
    /// Written into the configuration.
    Listed(Vec<String>),
    /// In a file, one a line; white space around them and empty lines do not count.
    File(PathBuf),
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(_) => f.write_str("[REDACTED]"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

impl BearerSettings {
    /// The header's values, at least one.
    ///
    /// Unlike in the Collector an empty line is no token: a file that ends with one would let in who shows nothing.
    pub(crate) fn values(&self) -> Result<Vec<String>, AuthError> {
        let (place, tokens) = match &self.tokens {
            Tokens::Listed(tokens) => ("token".to_owned(), tokens.clone()),
            Tokens::File(path) => {
                let text = read_text(path)?;
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                (format!("filename {}", path.display()), lines.map(str::to_owned).collect())
            }
        };
        if tokens.iter().all(String::is_empty) {
            return Err(AuthError::Unusable { place, reason: "has no token".to_owned() });
        }
        let with_scheme = |token| match self.scheme.as_str() {
            "" => token,
            scheme => format!("{scheme} {token}"),
        };
        Ok(tokens.into_iter().filter(|token| !token.is_empty()).map(with_scheme).collect())
    }

    pub(crate) fn header_name(&self) -> Result<HeaderName, AuthError> {
        self.header
            .parse()
            .map_err(|_| AuthError::Header { name: self.header.clone(), reason: "it is no name of a header" })
    }

    pub(crate) fn watch(&self, owner: &str) -> Watch {
        let files = match &self.tokens {
            Tokens::Listed(_) => Vec::new(),
            Tokens::File(path) => vec![path.clone()],
        };
        Watch { component: owner.to_owned(), what: "tokens", interval: self.reload_interval, files }
    }
}

/// What lets a request in.
pub(super) struct Accepted {
    header: HeaderName,
    values: Vec<String>,
}

pub(super) fn start(owner: &str, settings: BearerSettings) -> Result<Arc<Watched<Accepted>>, AuthError> {
    let header = settings.header_name()?;
    Watched::start(settings.watch(owner), move || {
        Ok(Accepted { header: header.clone(), values: settings.values()? })
    })
}

impl Accepted {
    pub(super) fn admit(&self, headers: &HeaderMap) -> Result<(), Denied> {
        let shown = headers.get(&self.header).ok_or(Denied::Missing)?.as_bytes();
        // All are compared, so that time does not tell which one it was.
        let hits = self.values.iter().filter(|value| same(value.as_bytes(), shown)).count();
        if hits > 0 { Ok(()) } else { Err(Denied::Wrong) }
    }
}
