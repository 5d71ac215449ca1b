use std::num::NonZeroUsize;
use std::thread;

use crossbeam_queue::ArrayQueue;

use super::{Failure, Instance};

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

    /// Makes a call on an instance that was kept, else on a fresh one. It is kept if its answer is in order, or an
    /// error in its own words; else it is thrown away, since it may have stopped anywhere.
    pub(crate) fn call<T>(
        &self,
        fresh: impl FnOnce() -> Result<Instance, Failure>,
        call: impl FnOnce(&mut Instance) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut instance = match self.idle.pop() {
            Some(instance) => instance,
            None => fresh()?,
        };
        let answer = call(&mut instance);
        if answer.as_ref().err().is_none_or(Failure::is_the_guests_own) {
            self.put(instance);
        }
        answer
    }

    /// Keeps an instance whose last call went well.
    pub(crate) fn put(&self, instance: Instance) {
        if instance.is_fit() {
            // Without room it is dropped, and its memory goes back to the engine.
            let _ = self.idle.push(instance);
        }
    }
}
