//! What a plugin wrote to the log and counted, on this thread.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::log::Level;

thread_local! {
    static LINES: RefCell<Vec<(Level, String)>> = const { RefCell::new(Vec::new()) };
    static COUNTERS: RefCell<BTreeMap<String, u64>> = const { RefCell::new(BTreeMap::new()) };
}

/// The lines written to the log since this was last asked, on this thread.
#[must_use]
pub fn logged() -> Vec<(Level, String)> {
    LINES.take()
}

/// What a counter has come to on this thread.
#[must_use]
pub fn counted(name: &str) -> u64 {
    COUNTERS.with_borrow(|counters| counters.get(name).copied().unwrap_or_default())
}

pub(crate) fn log(level: Level, message: &str) {
    LINES.with_borrow_mut(|lines| lines.push((level, message.to_owned())));
}

pub(crate) fn count(name: &str, by: u64) {
    COUNTERS.with_borrow_mut(|counters| *counters.entry(name.to_owned()).or_default() += by);
}
