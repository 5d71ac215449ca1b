//! Compiled plugins on disk, so that a second start does not compile.
//!
//! Native code that is loaded runs with all our rights, so the cache trusts nobody: the directory must be
//! ours alone, every entry carries a MAC under a key of this installation, and what was read is what is
//! checked is what is loaded. Whatever is not in order is a miss; then the plugin is compiled, and the
//! entry replaced.

mod directory;
mod entry;
mod evict;
mod native;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use blake3::Hash;
pub(crate) use directory::CacheFault;
use entry::{Identity, Sealer};
use wasmtime::Engine;
use wasmtime::component::Component;

/// Whether compiled plugins are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cache {
    /// Compile at every start.
    #[default]
    Off,
    /// Keep them in this directory, which is made if it is not there. It must belong to the user that
    /// the gateway runs as, and be closed to all others (mode 0700); else nothing is kept.
    Directory(PathBuf),
}

/// A cache that can be used.
#[derive(Debug)]
pub(crate) struct CacheDirectory {
    path: PathBuf,
    sealer: Sealer,
}

impl CacheDirectory {
    /// Opens or makes the directory and its key.
    ///
    /// # Errors
    /// When the directory cannot be made or trusted.
    pub(crate) fn open(path: &Path) -> Result<Self, CacheFault> {
        let (path, key) = directory::open(path)?;
        Ok(Self { path, sealer: Sealer::new(key) })
    }

    /// The compiled plugin, if there is an entry for it that is in order.
    pub(crate) fn load(&self, engine: &Engine, source: &Hash) -> Option<Component> {
        let identity = Identity::new(engine, source);
        let path = self.path.join(identity.file_name());
        let sealed = match fs::read(&path) {
            Ok(sealed) => sealed,
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => return None,
            Err(fault) => {
                tracing::warn!(entry = %path.display(), %fault, "a compiled plugin cannot be read, compiling it again");
                return None;
            }
        };
        let Some(code) = self.sealer.open(&identity, &sealed) else {
            tracing::warn!(entry = %path.display(), "a compiled plugin is damaged or not ours, compiling it again");
            return None;
        };
        match native::load(engine, code) {
            Ok(component) => {
                touch(&path);
                Some(component)
            }
            Err(fault) => {
                tracing::warn!(entry = %path.display(), fault = format!("{fault:#}"), "a compiled plugin does not load, compiling it again");
                None
            }
        }
    }

    /// Keeps a compiled plugin. A failure costs time at the next start and nothing else.
    pub(crate) fn store(&self, engine: &Engine, source: &Hash, component: &Component) {
        let identity = Identity::new(engine, source);
        let result = component.serialize().map_err(|fault| format!("{fault:#}")).and_then(|code| {
            let sealed = self.sealer.seal(&identity, &code);
            self.write(&identity.file_name(), &sealed).map_err(|fault| fault.to_string())
        });
        if let Err(fault) = result {
            tracing::warn!(cache = %self.path.display(), fault, "a compiled plugin cannot be kept");
        }
        evict::keep_newest(&self.path);
    }

    /// Replaces the entry as a whole: a reader, or a crash, meets the old one or the new one.
    fn write(&self, name: &str, sealed: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
        file.write_all(sealed)?;
        file.persist(self.path.join(name)).map(drop).map_err(io::Error::from)
    }
}

/// Marks the entry as used, so that it is evicted last.
fn touch(path: &Path) {
    // Best effort: a wrong age only makes for a worse choice of what to evict.
    let _ = fs::File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
}

#[cfg(test)]
mod tests;
