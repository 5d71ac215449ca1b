use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use sluice_otlp::Payload;
use sluice_pipeline::{Accepted, Consumer, Refusal, Reply};
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
