use std::collections::BTreeMap;
use std::time::Duration;

use super::TraceKey;

/// How exactly decisions are timed.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// A moment in ticks since the sampler's clock began.
pub(crate) type Tick = u64;

/// The tick at which a moment has passed.
pub(crate) fn tick_at(moment: Duration) -> Tick {
    u64::try_from(moment.as_nanos().div_ceil(TICK.as_nanos())).unwrap_or(u64::MAX)
}

/// The last tick that has passed at a moment.
pub(crate) fn tick_before(moment: Duration) -> Tick {
    u64::try_from(moment.as_nanos() / TICK.as_nanos()).unwrap_or(u64::MAX)
}

/// Which traces to look at, when.
///
/// An entry is only a reminder: a trace that moved has several, and one that is gone leaves its own behind. Whoever
/// takes them out looks whether they still mean anything.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    ticks: BTreeMap<Tick, Vec<TraceKey>>,
}

impl Schedule {
    pub(crate) fn add(&mut self, tick: Tick, key: TraceKey) {
        self.ticks.entry(tick).or_default().push(key);
    }

    /// The next tick at which there is something to look at.
    pub(crate) fn next(&self) -> Option<Tick> {
        self.ticks.keys().next().copied()
    }

    /// Takes out all that is due by `tick`, also what was due long before: a late tick makes up for it.
    pub(crate) fn take_due(&mut self, tick: Tick) -> Vec<TraceKey> {
        let mut due = Vec::new();
        while let Some(entry) = self.ticks.first_entry() {
            if *entry.key() > tick {
                break;
            }
            let mut keys = entry.remove();
            if due.is_empty() { due = keys } else { due.append(&mut keys) }
        }
        due
    }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
