use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::time::sleep_until;

/// Whether a connection has requests, and since when it has none.
#[derive(Debug)]
pub(crate) struct Activity {
    base: Instant,
    requests: AtomicUsize,
    /// Milliseconds from `base`; of meaning while there are no requests.
    idle_since: AtomicU64,
}

/// A request of the connection.
#[derive(Debug)]
pub(crate) struct Busy<'a> {
    activity: &'a Activity,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self { base: Instant::now(), requests: AtomicUsize::new(0), idle_since: AtomicU64::new(0) }
    }

    /// A request begins; it ends when the result is dropped.
    pub(crate) fn begin(&self) -> Busy<'_> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        Busy { activity: self }
    }

    /// Whether there is no request.
    pub(crate) fn is_idle(&self) -> bool {
        self.requests.load(Ordering::SeqCst) == 0
    }

    /// Waits until there has been no request for `limit`.
    pub(crate) async fn idle_for(&self, limit: Duration) {
        loop {
            let now = Instant::now();
            let since = if self.requests.load(Ordering::SeqCst) > 0 {
                now
            } else {
                self.base + Duration::from_millis(self.idle_since.load(Ordering::SeqCst))
            };
            let end = since + limit;
            if now >= end {
                return;
            }
            sleep_until(end.into()).await;
        }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let now = u64::try_from(self.activity.base.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.activity.idle_since.store(now, Ordering::SeqCst);
        self.activity.requests.fetch_sub(1, Ordering::SeqCst);
    }
}
