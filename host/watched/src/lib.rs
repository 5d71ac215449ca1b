//! What is made from files, and made again when they change: certificates, tokens, passwords.
//!
//! Neighbours: `sluice-worker` hears of a task that dies; `sluice-tls` and `sluice-auth` build on it.
//!
//! Invariants: reading [`Watched::current`] takes no lock and touches no file. A change that cannot be used leaves the
//! earlier value in place, and is logged once. Files are bounded in size. Nothing of their content is logged here.

mod file;

use std::fmt::{self, Display};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use sluice_worker::Alive;

pub use file::read_file;

/// The shortest time between two looks at the files.
const SHORTEST: Duration = Duration::from_millis(100);

/// A value, and how it is made from files.
pub struct Watched<T> {
    current: ArcSwap<T>,
    watch: Watch,
    make: Make<T>,
}

/// Makes the value; the error is for the log.
type Make<T> = Box<dyn Fn() -> Result<T, String> + Send + Sync>;

/// What is watched, and for whom.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Whom the log names: the place in the configuration.
    pub component: String,
    /// What the files are, in the plural: `TLS certificates`.
    pub what: &'static str,
    /// How often they are looked at; zero: never again.
    pub interval: Duration,
    /// The files.
    pub files: Vec<PathBuf>,
}

impl<T: Send + Sync + 'static> Watched<T> {
    /// Makes the value, and makes it again whenever one of the files has another content at a look. Needs a tokio
    /// runtime where there is something to look at.
    ///
    /// The look is at the content, not at times: these say little where files are links that are swapped, as
    /// in a volume of Kubernetes.
    ///
    /// # Errors
    /// When the value cannot be made now; later, that is logged.
    pub fn start<E: Display>(
        watch: Watch,
        make: impl Fn() -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<Arc<Self>, E> {
        // Before the value is made: what changes in between is found at the first look.
        let seen = content(&watch.files);
        let current = ArcSwap::from_pointee(make()?);
        let interval = watch.interval;
        let is_watched = !interval.is_zero() && !watch.files.is_empty();
        let make: Make<T> = Box::new(move || make().map_err(|error| error.to_string()));
        let this = Arc::new(Self { current, watch, make });
        if is_watched {
            tokio::spawn(look_again(Arc::downgrade(&this), interval.max(SHORTEST), seen));
        }
        Ok(this)
    }

    /// The value of now.
    #[must_use]
    pub fn current(&self) -> Arc<T> {
        self.current.load_full()
    }

    /// Looks at the files; `seen` is what the last look answered.
    fn look(&self, seen: u64) -> u64 {
        let content = content(&self.watch.files);
        if content != seen {
            self.renew();
        }
        content
    }

    fn renew(&self) {
        let Watch { component, what, .. } = &self.watch;
        match (self.make)() {
            Ok(value) => {
                self.current.store(Arc::new(value));
                tracing::info!(component, "{what} have changed and are in use");
            }
            Err(error) => {
                tracing::error!(
                    component,
                    error,
                    "{what} have changed and cannot be used; the earlier ones stay"
                );
            }
        }
    }
}

/// Looks at the files until the value is gone.
async fn look_again<T: Send + Sync + 'static>(watched: Weak<Watched<T>>, interval: Duration, mut seen: u64) {
    let _alive = watched.upgrade().map(|watched| {
        let Watch { component, what, .. } = &watched.watch;
        Alive::new(format!("reading {what} of {component} again"))
    });
    loop {
        tokio::time::sleep(interval).await;
        let Some(watched) = watched.upgrade() else { return };
        // Reading files may take time, and so may making a value of them.
        if let Ok(content) = tokio::task::spawn_blocking(move || watched.look(seen)).await {
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

impl<T> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("watch", &self.watch).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "watched_tests.rs"]
mod tests;
