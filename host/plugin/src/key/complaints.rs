use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sluice_otlp::Signal;

use super::spell::Spell;

/// After how long without any, items without a key count as a thing of the past.
const QUIET: Duration = Duration::from_secs(60);

/// What is said of items that a plugin has no key for: when that begins, and when it is over.
///
/// One for each load of a plugin, so that a new one is heard at once.
#[derive(Debug)]
pub(super) struct Complaints {
    without_key: Mutex<Spell>,
    /// Whether a spell goes on: spares the data path the lock while none does.
    some_without_key: AtomicBool,
}

impl Complaints {
    pub(super) fn new() -> Self {
        Self { without_key: Mutex::new(Spell::new(QUIET)), some_without_key: AtomicBool::new(false) }
    }

    /// So many items of a request, perhaps none, are rejected since the plugin has no key for them.
    pub(super) fn without_key(&self, plugin: &str, epoch: u64, signal: Signal, items: u32) {
        if items == 0 && !self.some_without_key.load(Ordering::Relaxed) {
            return;
        }
        let mut spell = self.without_key.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(items) = spell.over(now) {
            self.some_without_key.store(false, Ordering::Relaxed);
            tracing::info!(plugin, epoch, %signal, items, "no more items for which the plugin has no key; so many were rejected");
        }
        if items > 0 && spell.met(now, items.into()) {
            self.some_without_key.store(true, Ordering::Relaxed);
            tracing::warn!(plugin, epoch, %signal, items, "rejecting items for which the plugin has no key");
        }
    }
}

/// What the sender is told of the items that were rejected.
pub(super) fn rejection(plugin: &str, signal: Signal, without_key: u32, for_failure: u32) -> String {
    let items = item_name(signal);
    let mut parts = Vec::new();
    if without_key > 0 {
        parts.push(format!("routing key `{plugin}` has no key for {without_key} {items}"));
    }
    if for_failure > 0 {
        parts.push(format!("routing key `{plugin}` failed for {for_failure} {items}"));
    }
    parts.join("; ")
}

fn item_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "spans",
        Signal::Logs => "log records",
        Signal::Metrics => "data points",
    }
}
