//! Whole traces at the moment of their decision, kept or not, for whoever records them.
//!
//! Nobody does, most of the time: that costs a look at a flag for each batch of traces. While somebody does, a shard copies
//! each trace out of the request that it has put together for its policies, and waits for nothing: what finds no room is
//! left out, and counted.

mod budget;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use sluice_otlp::Payload;
use sluice_otlp::columns::TraceRow;
use thiserror::Error;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use self::budget::Budget;
use crate::shard::Shared;

/// When a capture ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptureLimits {
    /// Traces at most.
    pub traces: u64,
    /// Bytes of all of them at most.
    pub bytes: u64,
    /// Bytes that may wait to be fetched: a trace that finds no room is left out.
    pub waiting_bytes: u64,
    /// Until when; `None`: as long as somebody fetches.
    pub until: Option<Instant>,
}

/// Somebody captures already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("another capture is under way; there is one at a time")]
pub struct Busy;

/// Where a sampler's traces can be seen. One for all its shards.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    is_open: AtomicBool,
    current: Mutex<Option<Arc<Inlet>>>,
}

/// What shards put traces into.
#[derive(Debug)]
struct Inlet {
    budget: Budget,
    traces: UnboundedSender<Bytes>,
}

impl Tap {
    /// Whether somebody wants to see traces.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    /// Shows traces that are about to be decided, which lie in `payload` as `rows` say.
    pub(crate) fn offer(&self, payload: &Payload, rows: &[TraceRow]) {
        if self.is_open() {
            self.hand_over(payload, rows);
        }
    }

    #[cold]
    fn hand_over(&self, payload: &Payload, rows: &[TraceRow]) {
        // Held for the copy of a pointer only.
        let Some(inlet) = self.lock().clone() else { return };
        for row in rows {
            if inlet.budget.is_over() {
                self.close(&inlet);
                return;
            }
            let trace = whole(payload, row);
            if inlet.budget.take(trace.len() as u64) {
                // Nobody fetches any more where the capture has just been dropped.
                let _ = inlet.traces.send(Bytes::copy_from_slice(trace));
            }
        }
    }

    fn open(&self, inlet: &Arc<Inlet>) -> Result<(), Busy> {
        let mut current = self.lock();
        if current.as_ref().is_some_and(|current| !current.budget.is_over()) {
            return Err(Busy);
        }
        *current = Some(Arc::clone(inlet));
        self.is_open.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Ends a capture, unless another one has begun.
    fn close(&self, inlet: &Arc<Inlet>) {
        let mut current = self.lock();
        if current.as_ref().is_some_and(|current| Arc::ptr_eq(current, inlet)) {
            *current = None;
            self.is_open.store(false, Ordering::Relaxed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Inlet>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes of a trace: its resources, which it has for itself, and which lie side by side.
fn whole<'a>(payload: &'a Payload, row: &TraceRow) -> &'a [u8] {
    let (body, index) = (payload.request.body(), payload.request.index());
    let resource = |leaf: u32| {
        let scope = index.leaves.get(leaf as usize)?.parent;
        index.resources.get(index.scopes.get(scope as usize)?.parent as usize)
    };
    let last = row.leaves.end.checked_sub(1).and_then(resource);
    match (resource(row.leaves.start), last) {
        (Some(first), Some(last)) => body.get(first.start as usize..last.end as usize).unwrap_or_default(),
        _ => &[],
    }
}

/// Traces that are captured; to drop it ends that.
#[derive(Debug)]
pub struct Capture {
    samplers: Vec<Arc<Shared>>,
    inlet: Arc<Inlet>,
    traces: UnboundedReceiver<Bytes>,
    fetched: u64,
}

impl Capture {
    pub(crate) fn open(samplers: Vec<Arc<Shared>>, limits: CaptureLimits) -> Result<Self, Busy> {
        let mut capture = Self::of_nobody(limits);
        for sampler in samplers {
            // To drop what is there so far closes the taps that were opened.
            sampler.tap.open(&capture.inlet)?;
            capture.samplers.push(sampler);
        }
        Ok(capture)
    }

    /// All that a sampler decides which was made for this. Fetched after each piece of work, it needs no bounds.
    pub(crate) fn of_replay(sampler: &Arc<Shared>) -> Self {
        let (traces, bytes, waiting_bytes) = (u64::MAX, u64::MAX, u64::MAX);
        let mut capture = Self::of_nobody(CaptureLimits { traces, bytes, waiting_bytes, until: None });
        if sampler.tap.open(&capture.inlet).is_ok() {
            capture.samplers.push(Arc::clone(sampler));
        }
        capture
    }

    fn of_nobody(limits: CaptureLimits) -> Self {
        #[expect(clippy::disallowed_methods, reason = "bounded in bytes, see `Budget`")]
        let (sender, traces) = unbounded_channel();
        let inlet = Arc::new(Inlet { budget: Budget::new(limits), traces: sender });
        Self { samplers: Vec::new(), inlet, traces, fetched: 0 }
    }

    /// The next trace, as a request of its own, in the order of decisions; `None` when enough were captured, or the time
    /// is over.
    pub async fn next(&mut self) -> Option<Bytes> {
        let budget = &self.inlet.budget;
        let until = at(budget.limits().until);
        tokio::pin!(until);
        loop {
            // What was taken off the budget is on its way.
            let is_used_up = budget.is_used_up();
            if is_used_up && self.fetched >= budget.taken() {
                return None;
            }
            tokio::select! {
                biased;
                trace = self.traces.recv() => return self.fetched(trace),
                () = budget.used_up(), if !is_used_up => {}
                () = &mut until => return None,
            }
        }
    }

    /// The next trace, if there is one by now.
    pub(crate) fn next_by_now(&mut self) -> Option<Bytes> {
        let next = self.traces.try_recv().ok();
        self.fetched(next)
    }

    /// Traces that were fetched so far.
    #[must_use]
    pub fn traces(&self) -> u64 {
        self.fetched
    }

    /// Traces that were left out so far, since too much was waiting or they are too large.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.inlet.budget.left_out()
    }

    fn fetched(&mut self, trace: Option<Bytes>) -> Option<Bytes> {
        let trace = trace?;
        self.fetched += 1;
        self.inlet.budget.fetched(trace.len() as u64);
        Some(trace)
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        for sampler in &self.samplers {
            sampler.tap.close(&self.inlet);
        }
    }
}

async fn at(until: Option<Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
#[path = "capture_tests.rs"]
mod tests;
