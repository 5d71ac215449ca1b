use wasmtime::ResourceLimiter;

use crate::engine::{MAX_TABLE_ELEMENTS, MAX_TABLES};

/// Holds an instance to its memory, and remembers how much it has.
#[derive(Debug)]
pub(crate) struct Limiter {
    max_memory: usize,
    memory: usize,
    refused: bool,
}

impl Limiter {
    pub(crate) fn new(max_memory: usize) -> Self {
        Self { max_memory, memory: 0, refused: false }
    }

    /// Whether the instance ever wanted more than it may have: a trap is then most likely due to that.
    pub(crate) fn was_refused(&self) -> bool {
        self.refused
    }

    /// Whether so little is left that the instance had better be replaced. Memory of a guest never
    /// shrinks, so one that leaks would otherwise fail in the middle of somebody's batch.
    pub(crate) fn is_nearly_full(&self) -> bool {
        self.memory > self.max_memory / 4 * 3
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = desired <= self.max_memory;
        if allowed {
            self.memory = desired;
        }
        self.refused |= !allowed;
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_TABLE_ELEMENTS)
    }

    fn memories(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        MAX_TABLES as usize
    }
}
