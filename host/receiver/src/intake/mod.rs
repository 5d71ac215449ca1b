//! From the bytes of a request to the consumer's reply, whatever the transport.

mod budget;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) use budget::{Budget, Hold};
use bytes::Bytes;
use futures_util::FutureExt;
use http::HeaderMap;
use sluice_otlp::{Payload, Request, RequestMetadata, Signal};
use sluice_pipeline::{Accepted, SharedConsumer};
use tokio::time::timeout_at;
use tokio_util::task::TaskTracker;

use crate::Consumers;
use crate::metrics::Handles;
use crate::rejection::{Cause, Rejection};

/// When to try again where the pipeline has no room and does not say.
const DEFAULT_RETRY: Duration = Duration::from_secs(1);

/// Hands requests to the consumers.
#[derive(Debug)]
pub(crate) struct Intake {
    consumers: Consumers,
    metrics: Arc<Handles>,
    /// Requests that a consumer has begun to take.
    taking: TaskTracker,
}

/// A request as it came out of a transport.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) signal: Signal,
    pub(crate) body: Bytes,
    pub(crate) headers: Arc<HeaderMap>,
    pub(crate) connection: u64,
    pub(crate) deadline: Option<Instant>,
    /// Its share of the bytes in flight.
    pub(crate) hold: Hold,
}

impl Intake {
    pub(crate) fn new(consumers: Consumers, metrics: Arc<Handles>) -> Self {
        Self { consumers, metrics, taking: TaskTracker::new() }
    }

    /// The consumer of a signal; to be asked before the body is read.
    pub(crate) fn consumer(&self, signal: Signal) -> Result<&SharedConsumer, Rejection> {
        let consumer = match signal {
            Signal::Traces => &self.consumers.traces,
            Signal::Logs => &self.consumers.logs,
            Signal::Metrics => &self.consumers.metrics,
        };
        consumer.as_ref().ok_or_else(|| {
            Rejection::new(
                Cause::NoPipeline,
                format!("no pipeline for {signal} is configured on this receiver"),
            )
        })
    }

    /// Scans the request and has it consumed.
    ///
    /// The consumer runs as a task of its own, which costs about a microsecond a request and buys three
    /// things: a client that goes away, or whose deadline passes, does not tear the request half-way
    /// through; a panic ends with the request that caused it; and the count of items is that of what
    /// became of them, whether or not the client was still there to hear it.
    pub(crate) async fn take(&self, arrival: Arrival) -> Result<Accepted, Rejection> {
        let consumer = self.consumer(arrival.signal)?.clone();
        let request = match Request::scan(arrival.signal, arrival.body) {
            Ok(request) => request,
            Err(error) => {
                return Err(Rejection::new(Cause::Malformed, error.to_string()).at(error.path));
            }
        };
        if request.items() == 0 {
            return Ok(Accepted::all());
        }
        let items = request.items() as u64;
        let resources = u32::try_from(request.index().resources.len()).unwrap_or(u32::MAX);
        let metadata =
            [RequestMetadata { headers: arrival.headers, connection: arrival.connection, resources }];
        let payload = Payload { request, metadata: Arc::new(metadata), deadline: arrival.deadline };
        let metrics = self.metrics.clone();
        let taking = self.taking.spawn(async move {
            let outcome = consume(consumer, payload).await;
            let rejected = outcome.as_ref().map_or(items, |accepted| accepted.rejected.min(items));
            metrics.count_items(arrival.signal, items - rejected, rejected);
            drop(arrival.hold);
            outcome
        });
        match arrival.deadline {
            Some(deadline) => match timeout_at(deadline.into(), taking).await {
                Ok(outcome) => outcome.unwrap_or_else(|_| Err(ended())),
                Err(_) => Err(too_late()),
            },
            None => taking.await.unwrap_or_else(|_| Err(ended())),
        }
    }

    /// Waits until everything that a consumer has begun to take is taken.
    pub(crate) async fn finish(&self) {
        self.taking.close();
        self.taking.wait().await;
    }
}

/// The consumer's reply; a panic in it is a refusal, and goes no further.
async fn consume(consumer: SharedConsumer, payload: Payload) -> Result<Accepted, Rejection> {
    // Nothing of the payload is used after a panic, so it cannot be seen half-way.
    let reply = AssertUnwindSafe(async { consumer.consume(payload).await }).catch_unwind().await;
    match reply {
        Ok(Ok(accepted)) => Ok(accepted),
        Ok(Err(refusal)) => {
            let mut rejection = Rejection::from(refusal);
            if rejection.cause == Cause::Overloaded && rejection.retry_after.is_none() {
                rejection.retry_after = Some(DEFAULT_RETRY);
            }
            Err(rejection)
        }
        Err(panic) => {
            let what = panic_message(&*panic);
            Err(Rejection::new(Cause::Panic, format!("the pipeline failed on this request: {what}")))
        }
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic without a message")
}

/// The runtime is going down, and has dropped the task.
fn ended() -> Rejection {
    Rejection::new(Cause::ShuttingDown, "the gateway is shutting down")
}

/// The client's deadline has passed.
pub(crate) fn too_late() -> Rejection {
    Rejection::new(Cause::DeadlineExceeded, "the deadline that the client set has passed")
}

#[cfg(test)]
#[path = "intake_tests.rs"]
mod tests;
