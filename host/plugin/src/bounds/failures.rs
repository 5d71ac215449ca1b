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
pub(crate) struct FailureLog {
    throttles: [Throttle; FailureReason::ALL.len()],
}

impl FailureLog {
    pub(crate) fn new() -> Self {
        Self { throttles: FailureReason::ALL.map(|_| Throttle::new(INTERVAL, 1)) }
    }

    pub(crate) fn failed(&self, plugin: &str, epoch: u64, signal: Signal, failure: &Failure) {
        let Some(suppressed) = self.throttles[failure.reason as usize].admit() else { return };
        let (reason, fault) = (failure.reason.as_str(), &failure.message);
        tracing::warn!(plugin, epoch, %signal, reason, fault, suppressed, "the plugin failed");
    }
}
