use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

/// The order of what waits. Pure: time is passed in.
///
/// What is due for its retry goes first, since it is older than anything that never went.
#[derive(Debug)]
pub(super) struct Backlog<T> {
    ready: VecDeque<T>,
    /// By when it is due, then by when it came.
    delayed: BTreeMap<(Instant, u64), T>,
    delays: u64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Takes new entries and delayed ones.
    Open,
    /// Takes delayed ones only.
    Finishing,
    /// Takes nothing.
    Closed,
}

/// What to do with an entry that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// Take it out.
    Yes,
    /// Leave it, look at the next.
    No,
    /// Leave it and look no further.
    Stop,
}

/// How many entries [`Backlog::take_more`] looks at: bounds its cost when few of them fit.
const LOOK_AHEAD: usize = 256;

impl<T> Backlog<T> {
    pub(super) fn new() -> Self {
        Self { ready: VecDeque::new(), delayed: BTreeMap::new(), delays: 0, phase: Phase::Open }
    }

    pub(super) fn push(&mut self, entry: T) -> Result<(), T> {
        if self.phase != Phase::Open {
            return Err(entry);
        }
        self.ready.push_back(entry);
        Ok(())
    }

    pub(super) fn delay(&mut self, entry: T, due: Instant) -> Result<(), T> {
        if self.phase == Phase::Closed {
            return Err(entry);
        }
        self.delayed.insert((due, self.delays), entry);
        self.delays += 1;
        Ok(())
    }

    pub(super) fn take(&mut self, now: Instant) -> Option<T> {
        let is_due = self.next_due().is_some_and(|due| due <= now);
        if is_due { self.delayed.pop_first().map(|(_, entry)| entry) } else { self.ready.pop_front() }
    }

    pub(super) fn take_more(&mut self, mut choose: impl FnMut(&T) -> Take) -> Vec<T> {
        let mut taken = Vec::new();
        let mut left = VecDeque::new();
        for _ in 0..LOOK_AHEAD {
            let Some(entry) = self.ready.pop_front() else { break };
            match choose(&entry) {
                Take::Yes => taken.push(entry),
                Take::No => left.push_back(entry),
                Take::Stop => {
                    left.push_back(entry);
                    break;
                }
            }
        }
        while let Some(entry) = left.pop_back() {
            self.ready.push_front(entry);
        }
        taken
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.delayed.first_key_value().map(|((due, _), _)| *due)
    }

    pub(super) fn finish(&mut self) {
        if self.phase == Phase::Open {
            self.phase = Phase::Finishing;
        }
        while let Some((_, entry)) = self.delayed.pop_last() {
            self.ready.push_front(entry);
        }
    }

    pub(super) fn close(&mut self) -> Vec<T> {
        self.phase = Phase::Closed;
        let delayed = std::mem::take(&mut self.delayed);
        delayed.into_values().chain(self.ready.drain(..)).collect()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }
}

#[cfg(test)]
#[path = "backlog_tests.rs"]
mod tests;
