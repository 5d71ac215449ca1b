use std::num::NonZeroUsize;
use std::thread;

use crossbeam_queue::ArrayQueue;

use super::Instance;

/// Instances that wait for their next call. Lock-free; nobody ever waits for one.
///
/// As many as there are cores: calls are synchronous, so no more of them run at once for long. Where
/// more do, the pool is empty, a fresh instance is made, and thrown away when there is no room for it.
pub(crate) struct Pool {
    idle: ArrayQueue<Instance>,
}

impl Pool {
    pub(crate) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self { idle: ArrayQueue::new(cores) }
    }

    /// An instance that was kept, if there is one.
    pub(crate) fn take(&self) -> Option<Instance> {
        self.idle.pop()
    }

    /// Keeps an instance whose last call went well.
    pub(crate) fn put(&self, instance: Instance) {
        if instance.is_fit() {
            // Without room it is dropped, and its memory goes back to the engine.
            let _ = self.idle.push(instance);
        }
    }
}
