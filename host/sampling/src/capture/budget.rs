use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use tokio::sync::Notify;

use super::CaptureLimits;

/// What a capture may still take. Shards take from it at the same time.
#[derive(Debug)]
pub(super) struct Budget {
    limits: CaptureLimits,
    traces: AtomicU64,
    bytes: AtomicU64,
    waiting: AtomicU64,
    left_out: AtomicU64,
    is_used_up: AtomicBool,
    notify: Notify,
}

impl Budget {
    pub(super) fn new(limits: CaptureLimits) -> Self {
        Self {
            limits,
            traces: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            left_out: AtomicU64::new(0),
            is_used_up: AtomicBool::new(false),
            notify: Notify::new(),
        }
    }

    pub(super) fn limits(&self) -> CaptureLimits {
        self.limits
    }

    /// Takes a trace of so many bytes off the budget; answers whether there was room.
    ///
    /// A trace that is too large for what is left of the bytes ends the capture, one that is too large for all of them,
    /// or for what may wait, is left out.
    pub(super) fn take(&self, bytes: u64) -> bool {
        if bytes == 0 || self.is_used_up() {
            return false;
        }
        let CaptureLimits { traces, bytes: most, waiting_bytes, .. } = self.limits;
        if bytes > most || !add(&self.waiting, bytes, waiting_bytes) {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        if !add(&self.bytes, bytes, most) || !add(&self.traces, 1, traces) {
            self.waiting.fetch_sub(bytes, Ordering::Relaxed);
            self.end();
            return false;
        }
        if self.traces.load(Ordering::Relaxed) >= traces {
            self.end();
        }
        true
    }

    /// Whether there is nothing left of it, or no time.
    pub(super) fn is_over(&self) -> bool {
        self.is_used_up() || self.limits.until.is_some_and(|until| Instant::now() >= until)
    }

    /// A trace of so many bytes waits no longer.
    pub(super) fn fetched(&self, bytes: u64) {
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(super) fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }

    /// Traces that were taken off it.
    pub(super) fn taken(&self) -> u64 {
        self.traces.load(Ordering::Relaxed)
    }

    /// Whether nothing is left of it.
    pub(super) fn is_used_up(&self) -> bool {
        self.is_used_up.load(Ordering::Relaxed)
    }

    /// Waits until nothing is left of it. That is remembered for the one who waits, should they come later.
    pub(super) async fn used_up(&self) {
        self.notify.notified().await;
    }

    fn end(&self) {
        self.is_used_up.store(true, Ordering::Relaxed);
        self.notify.notify_one();
    }
}

/// Adds where the sum is no more than `most`; answers whether it is.
fn add(total: &AtomicU64, amount: u64, most: u64) -> bool {
    let sum = |total: u64| total.checked_add(amount).filter(|sum| *sum <= most);
    total.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum).is_ok()
}
