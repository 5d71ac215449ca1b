//! Whether data is let in: a state that each look at memory may change. Pure.

/// Open while memory is below the soft limit.
#[derive(Debug)]
pub(crate) struct Gate {
    soft_bytes: u64,
    is_closed: bool,
}

/// What a look at memory changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Memory has become short.
    Closed,
    /// There is enough again.
    Opened,
}

impl Gate {
    pub(crate) fn new(soft_bytes: u64) -> Self {
        Self { soft_bytes, is_closed: false }
    }

    /// Takes note of how much is in use.
    pub(crate) fn see(&mut self, used_bytes: u64) -> Option<Change> {
        let is_short = used_bytes > self.soft_bytes;
        if is_short == self.is_closed {
            return None;
        }
        self.is_closed = is_short;
        Some(if is_short { Change::Closed } else { Change::Opened })
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
