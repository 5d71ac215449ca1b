use std::future::Future;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus_client::metrics::gauge::Gauge;
use tokio::time::{Instant, sleep_until};

use crate::announcer::Announcer;
use crate::complaints::Complaints;

/// Somebody who can be asked where the backends are, and has to be asked again to know of changes.
pub(crate) trait Source: Send {
    /// What the log calls it: the name that is looked up.
    fn name(&self) -> &str;

    /// The longest time from one look-up to the next.
    fn interval(&self) -> Duration;

    /// Asks, within a bounded time.
    fn look_up(&mut self) -> impl Future<Output = Finding> + Send;
}

/// What a look-up found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The endpoints to go on with; `None`: those from before.
    pub(crate) endpoints: Option<Vec<String>>,
    /// Why this is not, or not wholly, what was asked for.
    pub(crate) trouble: Option<String>,
}

/// Asks a source, again and again, and announces what changed.
#[derive(Debug)]
pub(crate) struct Poller<S> {
    source: S,
    announcer: Announcer,
    complaints: Complaints,
    last_answer: Gauge,
}

impl<S: Source> Poller<S> {
    pub(crate) fn new(source: S, announcer: Announcer, last_answer: Gauge) -> Self {
        Self { source, announcer, complaints: Complaints::default(), last_answer }
    }

    /// Never ends by itself. Each interval is up to a tenth shorter, so that a fleet that started together does not
    /// ask together.
    pub(crate) async fn run(mut self) {
        loop {
            let asked = Instant::now();
            let finding = self.source.look_up().await;
            self.tell(finding);
            sleep_until(asked + self.source.interval().mul_f64(0.9 + 0.1 * fastrand::f64())).await;
        }
    }

    fn tell(&mut self, finding: Finding) {
        let endpoints = finding.endpoints.map(|mut texts| {
            texts.sort_unstable();
            texts.dedup();
            texts
        });
        self.announcer.troubled(finding.trouble.as_deref());
        let name = self.source.name();
        match (endpoints, finding.trouble) {
            (Some(endpoints), None) => {
                self.announcer.succeeded(endpoints);
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                self.last_answer.set(now.as_secs() as i64);
                let failures = self.complaints.succeeded();
                if failures > 0 {
                    tracing::info!(name, failures, "resolved again");
                }
            }
            (kept, trouble) => {
                self.announcer.failed(kept);
                let error = trouble.unwrap_or_default();
                if self.complaints.failed(&error, Instant::now()) {
                    let kept = self.announcer.announced();
                    tracing::warn!(name, error, "failed to resolve; {kept} endpoints are kept");
                }
            }
        }
    }
}

/// A duration for which zero stands for the default, as with the Collector.
pub(crate) fn unless_zero(value: Duration, default: Duration) -> Duration {
    if value.is_zero() { default } else { value }
}
