//! What the kubelet does about a container: when it probes, and what follows from the answers.
//!
//! A model without clock and sockets, after `pkg/kubelet/prober` of Kubernetes: a worker for each probe that ticks every
//! period from the container's start, leaves out the ticks before the initial delay, and acts on so many equal answers in
//! a row. What it leaves out is the random part of the first period.

use std::time::Duration;

use serde::Deserialize;

/// A probe as the API server tells of it, with all that it fills in.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    http_get: HttpGet,
    #[serde(default)]
    initial_delay_seconds: u64,
    period_seconds: u64,
    timeout_seconds: u64,
    success_threshold: u32,
    failure_threshold: u32,
}

#[derive(Clone, Debug, Deserialize)]
struct HttpGet {
    path: String,
}

/// What a probe is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Restarts the container when it fails.
    Liveness,
    /// Says whether the container gets traffic.
    Readiness,
}

/// What the kubelet does about a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is started again.
    Restart,
    /// From now on it gets traffic.
    Ready,
    /// From now on it gets none.
    Unready,
}

/// One probe of one container. Times are since a start of the caller's choice.
#[derive(Debug)]
pub struct Prober {
    probe: Probe,
    purpose: Purpose,
    /// When the container was started last.
    begun: Duration,
    /// When it is asked next.
    due: Duration,
    /// The answer of last time, and how often it came in a row.
    last: Option<bool>,
    run: u32,
    is_ready: bool,
}

impl Probe {
    /// What it asks for.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.http_get.path
    }

    /// How long it waits for an answer.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

impl Prober {
    /// For a container that is started now.
    #[must_use]
    pub fn new(probe: Probe, purpose: Purpose, now: Duration) -> Self {
        let mut prober = Self { probe, purpose, begun: now, due: now, last: None, run: 0, is_ready: false };
        prober.start(now);
        prober
    }

    /// The probe.
    #[must_use]
    pub fn probe(&self) -> &Probe {
        &self.probe
    }

    /// When it asks next.
    #[must_use]
    pub fn due(&self) -> Duration {
        self.due
    }

    /// The status of an answer came, or none in time; what follows, if anything.
    pub fn answered(&mut self, status: Option<u16>, now: Duration) -> Option<Action> {
        let is_good = status.is_some_and(|status| (200..400).contains(&status));
        self.run = if self.last == Some(is_good) { self.run + 1 } else { 1 };
        self.last = Some(is_good);
        self.due = self.tick_after(now);
        let threshold = if is_good { self.probe.success_threshold } else { self.probe.failure_threshold };
        if self.run < threshold {
            return None;
        }
        match (self.purpose, is_good) {
            (Purpose::Liveness, true) => None,
            (Purpose::Liveness, false) => {
                self.start(now);
                Some(Action::Restart)
            }
            (Purpose::Readiness, _) => {
                let has_changed = self.is_ready != is_good;
                self.is_ready = is_good;
                has_changed.then_some(if is_good { Action::Ready } else { Action::Unready })
            }
        }
    }

    fn start(&mut self, now: Duration) {
        (self.begun, self.last, self.run) = (now, None, 0);
        let first = self.probe.initial_delay_seconds.div_ceil(self.probe.period_seconds);
        self.due = now + Duration::from_secs(first * self.probe.period_seconds);
    }

    /// Ticks that are missed, since an answer took longer, do not come later.
    fn tick_after(&self, now: Duration) -> Duration {
        let period = self.probe.period_seconds;
        let ticks = now.saturating_sub(self.begun).as_secs() / period + 1;
        self.begun + Duration::from_secs(ticks * period)
    }
}

#[cfg(test)]
#[path = "kubelet_tests.rs"]
mod tests;
