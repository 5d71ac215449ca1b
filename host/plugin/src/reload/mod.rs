//! Keeping up with the plugin directories: a thread that waits for a change, loads what changed, tries it,
//! and puts it in place.

mod apply;
mod scan;
mod watch;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use scan::Snapshot;
use sluice_worker::Alive;
use watch::Watch;

use crate::HostError;
use crate::host::Registry;

/// How long it must be quiet before what changed is read: an archive is unpacked, a file copied.
const QUIET: Duration = Duration::from_millis(100);
/// How long to wait for quiet at most.
const PATIENCE: Duration = Duration::from_secs(2);
/// Compilers recurse.
const STACK_BYTES: usize = 8 << 20;

/// Ends the thread when it is dropped.
pub(crate) struct Reloader {
    wake: SyncSender<Wake>,
}

/// Why the thread is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wake {
    /// Something changed on disk.
    Changed,
    /// The host is gone.
    Ended,
}

impl Drop for Reloader {
    fn drop(&mut self) {
        // When there is no room, the thread is awake already, and will find the host gone.
        let _ = self.wake.try_send(Wake::Ended);
    }
}

/// Loads what is in the directories, and starts the thread.
///
/// # Errors
/// When a directory cannot be read, or no thread be had.
pub(crate) fn start(
    registry: &Arc<Registry>,
    directories: Vec<PathBuf>,
    poll_interval: Duration,
) -> Result<Reloader, HostError> {
    for path in &directories {
        std::fs::read_dir(path).map_err(|source| HostError::Directory { path: path.clone(), source })?;
    }
    // One is enough: whoever is woken looks at everything.
    let (wake, woken) = sync_channel(1);
    // Watched before they are looked at, so that no change falls between.
    let watch = Watch::start(&directories, wake.clone());
    let known = Snapshot::take(&directories, &Snapshot::default(), registry.loader.limits.max_file_bytes);
    apply::first(registry, &known);
    let keeper =
        Keeper { registry: Arc::downgrade(registry), directories, poll_interval, known, watch, woken };
    let thread = thread::Builder::new().name("plugin-reload".to_owned()).stack_size(STACK_BYTES);
    thread.spawn(move || keeper.run()).map_err(HostError::Thread)?;
    Ok(Reloader { wake })
}

/// What the thread works with.
struct Keeper {
    registry: Weak<Registry>,
    directories: Vec<PathBuf>,
    poll_interval: Duration,
    known: Snapshot,
    watch: Watch,
    woken: Receiver<Wake>,
}

impl Keeper {
    fn run(mut self) {
        let _alive = Alive::new("reloading of plugins");
        loop {
            let something_changed = match self.woken.recv_timeout(self.poll_interval) {
                Ok(Wake::Changed) => true,
                Err(RecvTimeoutError::Timeout) => false,
                Ok(Wake::Ended) | Err(RecvTimeoutError::Disconnected) => return,
            };
            if something_changed {
                self.wait_for_quiet();
            }
            let Some(registry) = self.registry.upgrade() else { return };
            self.watch.follow(&self.directories, something_changed);
            let max_bytes = registry.loader.limits.max_file_bytes;
            let next = Snapshot::take(&self.directories, &self.known, max_bytes);
            apply::changes(&registry, &self.known, &next);
            self.known = next;
        }
    }

    fn wait_for_quiet(&self) {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end && self.woken.recv_timeout(QUIET) == Ok(Wake::Changed) {}
    }
}
