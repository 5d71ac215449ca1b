//! What the connections of one server share, whatever the transport.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderMap;
use sluice_auth::ServerAuth;
use tokio::time::timeout_at;

use crate::connection::Peer;
use crate::intake::{Budget, Intake, too_late};
use crate::metrics::Handles;
use crate::rejection::{Cause, Rejection};
use crate::throttle::Throttle;

/// What bounds the reading of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Its body, compressed as well as decompressed.
    pub(crate) max_message_bytes: usize,
    /// How long it may take to arrive; none is as long as it takes.
    pub(crate) read_timeout: Option<Duration>,
}

/// One server.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The receiver's id, for the log.
    pub(crate) id: String,
    auth: Option<ServerAuth>,
    pub(crate) intake: Intake,
    pub(crate) budget: Arc<Budget>,
    pub(crate) metrics: Arc<Handles>,
    pub(crate) limits: Limits,
    /// One per cause.
    log: [Throttle; Cause::ALL.len()],
}

/// A request that has not come to its end yet. hyper drops what a client has reset, and asks nobody.
struct Unfinished<'a> {
    metrics: Option<&'a Handles>,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(metrics) = self.metrics {
            metrics.count_rejected(Cause::Cancelled);
        }
    }
}

/// At most one line per cause in this time.
const LOG_PERIOD: Duration = Duration::from_secs(10);

impl Shared {
    pub(crate) fn new(
        id: String,
        auth: Option<ServerAuth>,
        intake: Intake,
        budget: Budget,
        metrics: Arc<Handles>,
        limits: Limits,
    ) -> Self {
        let log = std::array::from_fn(|_| Throttle::new(LOG_PERIOD));
        Self { id, auth, intake, budget: Arc::new(budget), metrics, limits, log }
    }

    /// Whether a client with these headers may send.
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<(), Rejection> {
        match &self.auth {
            Some(auth) => Ok(auth.admit(headers).await?),
            None => Ok(()),
        }
    }

    /// What a client that may not send is told to show.
    pub(crate) fn challenge(&self) -> Option<&'static str> {
        self.auth.as_ref().map(ServerAuth::challenge)
    }

    /// Waits until everything that a consumer has begun to take is taken.
    pub(crate) async fn finish(&self) {
        self.intake.finish().await;
    }

    /// What `reading` gives, within the client's deadline and our own limit from `start` on.
    pub(crate) async fn in_time<T>(
        &self,
        start: Instant,
        deadline: Option<Instant>,
        reading: impl Future<Output = Result<T, Rejection>>,
    ) -> Result<T, Rejection> {
        let ours = self.limits.read_timeout.map(|limit| start + limit);
        let mut unfinished = Unfinished { metrics: Some(&self.metrics) };
        let read = match [deadline, ours].into_iter().flatten().min() {
            Some(until) => self.until(start, deadline, until, reading).await,
            None => reading.await,
        };
        unfinished.metrics = None;
        read
    }

    async fn until<T>(
        &self,
        start: Instant,
        deadline: Option<Instant>,
        until: Instant,
        reading: impl Future<Output = Result<T, Rejection>>,
    ) -> Result<T, Rejection> {
        match timeout_at(until.into(), reading).await {
            Ok(read) => read,
            Err(_) if deadline == Some(until) => Err(too_late()),
            Err(_) => {
                let limit = until.saturating_duration_since(start).as_secs_f64();
                let message = format!("the message did not arrive within {limit} s");
                Err(Rejection::new(Cause::SlowClient, message))
            }
        }
    }

    /// Counts a request that is answered with an error, and logs it.
    pub(crate) fn rejected(&self, peer: &Peer, path: &str, rejection: &Rejection) {
        let cause = rejection.cause;
        self.metrics.count_rejected(cause);
        let Some(more) = self.log[cause.index()].pass(Instant::now()) else { return };
        let (receiver, reason, error) = (&*self.id, cause.as_str(), &*rejection.message);
        let peer = peer.address;
        if cause == Cause::Panic {
            tracing::error!(receiver, %peer, path, reason, error, more, "request failed");
        } else {
            tracing::warn!(receiver, %peer, path, reason, error, more, "request rejected");
        }
    }
}
