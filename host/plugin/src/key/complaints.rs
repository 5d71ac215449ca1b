use std::time::Duration;

use sluice_otlp::Signal;

use crate::instance::{Failure, FailureReason};
use crate::throttle::Throttle;

/// How often the same complaint may stand in the log.
const INTERVAL: Duration = Duration::from_secs(60);

/// What is said of a plugin that fails: each kind of failure at once, then once a minute.
///
/// One for each load of a plugin, so that a new one is heard at once.
#[derive(Debug)]
pub(super) struct Complaints {
    failures: [Throttle; FailureReason::ALL.len()],
    without_key: Throttle,
}

impl Complaints {
    pub(super) fn new() -> Self {
        let throttle = || Throttle::new(INTERVAL, 1);
        Self { failures: FailureReason::ALL.map(|_| throttle()), without_key: throttle() }
    }

    pub(super) fn failed(&self, plugin: &str, epoch: u64, signal: Signal, failure: &Failure) {
        let Some(suppressed) = self.failures[failure.reason as usize].admit() else { return };
        let (reason, fault) = (failure.reason.as_str(), &failure.message);
        tracing::warn!(plugin, epoch, %signal, reason, fault, suppressed, "the plugin failed");
    }

    pub(super) fn without_key(&self, plugin: &str, epoch: u64, signal: Signal, items: u32) {
        let Some(suppressed) = self.without_key.admit() else { return };
        tracing::warn!(plugin, epoch, %signal, items, suppressed, "rejecting items for which the plugin has no key");
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
