use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sluice_otlp::Payload;
use sluice_pipeline::{Accepted, Consumer, Reason, Refusal, Reply};
use tokio::sync::Semaphore;

/// Keeps what it gets.
#[derive(Default)]
pub(crate) struct Collecting {
    payloads: Mutex<Vec<Payload>>,
}

impl Collecting {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn taken(&self) -> Vec<Payload> {
        self.payloads.lock().expect("no panic").clone()
    }
}

impl Consumer for Collecting {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        self.payloads.lock().expect("no panic").push(payload);
        Box::pin(async { Ok(Accepted::all()) })
    }
}

/// Takes everything at once, and keeps nothing.
pub(crate) struct Instant;

impl Consumer for Instant {
    fn consume(&self, _: Payload) -> BoxFuture<'_, Reply> {
        Box::pin(async { Ok(Accepted::all()) })
    }
}

/// Holds each request until the gate has a permit for it.
#[derive(Clone)]
pub(crate) struct Gated {
    pub(crate) gate: Arc<Semaphore>,
}

impl Gated {
    pub(crate) fn closed() -> Self {
        Self { gate: Arc::new(Semaphore::new(0)) }
    }

    pub(crate) fn open(&self, requests: usize) {
        self.gate.add_permits(requests);
    }
}

impl Consumer for Gated {
    fn consume(&self, _: Payload) -> BoxFuture<'_, Reply> {
        Box::pin(async {
            self.gate.acquire().await.expect("never closed").forget();
            Ok(Accepted::all())
        })
    }
}

/// Answers always the same.
pub(crate) struct Answering(pub(crate) Result<Accepted, Refusal>);

impl Consumer for Answering {
    fn consume(&self, _: Payload) -> BoxFuture<'_, Reply> {
        Box::pin(async { self.0.clone() })
    }
}

/// Panics on requests of one item.
pub(crate) struct Panicking;

impl Consumer for Panicking {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        assert_ne!(payload.items(), 1, "one item is more than this consumer can bear");
        Box::pin(async { Ok(Accepted::all()) })
    }
}

/// The header by which a request says how [`Obeying`] shall answer it.
pub(crate) const ANSWER: &str = "x-answer";

/// Does what the request asks for.
pub(crate) struct Obeying;

impl Consumer for Obeying {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        let answer =
            payload.metadata[0].headers.get(ANSWER).map(|value| value.to_str().expect("text").to_owned());
        Box::pin(async move {
            let refused = |reason, message| Err(Refusal::new(reason, message));
            match answer.as_deref() {
                None => Ok(Accepted::all()),
                Some("partly") => Ok(Accepted::partly(1, "one is too much")),
                Some("warning") => Ok(Accepted::partly(0, "this time it was enough")),
                Some("overloaded") => refused(Reason::Overloaded, "sending_queue is full"),
                Some("later") => {
                    let refusal = Refusal::new(Reason::Overloaded, "sending_queue is full");
                    Err(refusal.retry_after(Duration::from_secs(5)))
                }
                Some("unavailable") => refused(Reason::Unavailable, "no backend answers"),
                Some("ending") => refused(Reason::ShuttingDown, "the gateway is shutting down"),
                Some("malformed") => refused(Reason::Malformed, "that is no good"),
                Some("large") => refused(Reason::TooLarge, "larger than a backend takes"),
                Some("never") => std::future::pending().await,
                Some(other) => panic!("told to {other}"),
            }
        })
    }
}
