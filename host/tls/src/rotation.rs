//! What is made from files, and made again when they change.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::TlsError;
use crate::material::read_file;

/// The shortest time between two looks at the files.
const SHORTEST: Duration = Duration::from_millis(100);

/// A value, and how it is made from files.
pub(crate) struct Rotating<T> {
    current: ArcSwap<T>,
    /// Whom the log names: the place in the configuration.
    owner: String,
    files: Vec<PathBuf>,
    make: Box<dyn Fn() -> Result<T, TlsError> + Send + Sync>,
}

impl<T: Send + Sync + 'static> Rotating<T> {
    /// Makes the value, and makes it again whenever one of `files` has another content at a look, one each
    /// `interval` (zero: never). Needs a tokio runtime.
    ///
    /// The look is at the content, not at times: these say little where files are links that are swapped, as
    /// in a volume of Kubernetes.
    pub(crate) fn start(
        owner: &str,
        interval: Duration,
        files: Vec<PathBuf>,
        make: impl Fn() -> Result<T, TlsError> + Send + Sync + 'static,
    ) -> Result<Arc<Self>, TlsError> {
        // Before the value is made: what changes in between is found at the first look.
        let seen = content(&files);
        let current = ArcSwap::from_pointee(make()?);
        let this = Arc::new(Self { current, owner: owner.to_owned(), files, make: Box::new(make) });
        if !interval.is_zero() && !this.files.is_empty() {
            tokio::spawn(watch(Arc::downgrade(&this), interval.max(SHORTEST), seen));
        }
        Ok(this)
    }

    /// The value of now.
    pub(crate) fn current(&self) -> Arc<T> {
        self.current.load_full()
    }

    /// Looks at the files; `seen` is what the last look answered.
    fn look(&self, seen: u64) -> u64 {
        let content = content(&self.files);
        if content != seen {
            self.renew();
        }
        content
    }

    fn renew(&self) {
        let owner = &*self.owner;
        match (self.make)() {
            Ok(value) => {
                self.current.store(Arc::new(value));
                tracing::info!(component = owner, "TLS certificates have changed; new connections use them");
            }
            Err(error) => {
                tracing::error!(
                    component = owner,
                    %error,
                    "TLS certificates have changed and cannot be used; the earlier ones stay"
                );
            }
        }
    }
}

/// Looks at the files until the value is gone.
async fn watch<T: Send + Sync + 'static>(rotating: Weak<Rotating<T>>, interval: Duration, mut seen: u64) {
    loop {
        tokio::time::sleep(interval).await;
        let Some(rotating) = rotating.upgrade() else { return };
        // Reading files may take time, and so may making a value of them.
        if let Ok(content) = tokio::task::spawn_blocking(move || rotating.look(seen)).await {
            seen = content;
        }
    }
}

/// A hash of what is in the files, or of why they cannot be read.
fn content(files: &[PathBuf]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in files {
        read_file(file).map_err(|error| error.to_string()).hash(&mut hasher);
    }
    hasher.finish()
}

impl<T> fmt::Debug for Rotating<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotating").field("owner", &self.owner).field("files", &self.files).finish()
    }
}
