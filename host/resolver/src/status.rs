use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::watch;

use crate::Endpoints;

/// Where the state of a resolver is to be seen while it runs. Cheap to clone; nothing is on the data path.
#[derive(Clone, Debug)]
pub struct ResolverStatus {
    resolver: &'static str,
    source: Option<Asked>,
    endpoints: watch::Receiver<Option<Endpoints>>,
    trouble: watch::Receiver<Option<String>>,
}

/// Whom a resolver asks.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) name: String,
    /// In seconds since 1970; 0 before the first time.
    pub(crate) last_answer: Gauge,
}

/// The state of a resolver at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolverReport {
    /// `static`, `dns`, `k8s` or `aws`, as in metrics.
    pub resolver: &'static str,
    /// The name that is asked for; a static list has none.
    pub name: Option<String>,
    /// How long ago whoever knows the backends last said anything, to the second; `None` before the first time, and for a
    /// static list.
    pub age: Option<Duration>,
    /// What is wrong since then.
    pub trouble: Option<String>,
    /// The endpoints in use, sorted; `None` before there was a list.
    pub endpoints: Option<Endpoints>,
}

impl ResolverStatus {
    pub(crate) fn new(
        resolver: &'static str,
        source: Option<Asked>,
        endpoints: watch::Receiver<Option<Endpoints>>,
        trouble: watch::Receiver<Option<String>>,
    ) -> Self {
        Self { resolver, source, endpoints, trouble }
    }

    /// The list as it is, and every later one.
    pub(crate) fn endpoints(&self) -> &watch::Receiver<Option<Endpoints>> {
        &self.endpoints
    }

    /// The state at present, which is `now`.
    #[must_use]
    pub fn report(&self, now: SystemTime) -> ResolverReport {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let last_answer = self.source.as_ref().map_or(0, |source| source.last_answer.get());
        let last_answer = u64::try_from(last_answer).ok().filter(|seconds| *seconds > 0);
        ResolverReport {
            resolver: self.resolver,
            name: self.source.as_ref().map(|source| source.name.clone()),
            age: last_answer.map(|seconds| Duration::from_secs(now.as_secs().saturating_sub(seconds))),
            trouble: self.trouble.borrow().clone(),
            endpoints: self.endpoints.borrow().clone(),
        }
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
