use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::time::{sleep, sleep_until};

/// How far the requests of an HTTP/1.1 connection have come, as far as hyper does not say.
///
/// hyper's own limit for the head of a request runs while a connection is idle as well; the Collector's
/// `read_header_timeout` and `idle_timeout` are two.
#[derive(Debug)]
pub(super) struct Progress {
    base: Instant,
    /// When the first byte of a head came that is not complete yet: milliseconds from `base`, and one; 0 is none.
    head_since: AtomicU64,
    /// Whether a request was answered before its body was read.
    is_unread: AtomicBool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { base: Instant::now(), head_since: AtomicU64::new(0), is_unread: AtomicBool::new(false) }
    }

    /// Bytes have come while no request was there: a head begins, or goes on.
    pub(super) fn head_bytes(&self) {
        if self.head_since.load(Ordering::Relaxed) == 0 {
            let now = u64::try_from(self.base.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
            self.head_since.store(now + 1, Ordering::Relaxed);
        }
    }

    /// A head is complete.
    pub(super) fn head_done(&self) {
        self.head_since.store(0, Ordering::Relaxed);
    }

    /// A body is there to be read, or has been.
    pub(super) fn set_unread(&self, is_unread: bool) {
        self.is_unread.store(is_unread, Ordering::Relaxed);
    }

    /// Whether the client may still be sending what nobody reads.
    pub(super) fn is_unread(&self) -> bool {
        self.is_unread.load(Ordering::Relaxed)
    }

    /// Waits until a head has been incomplete for `limit`; seen after twice that time at the latest.
    pub(super) async fn head_is_late(&self, limit: Duration) {
        loop {
            match self.head_since.load(Ordering::Relaxed) {
                0 => sleep(limit).await,
                since => {
                    let end = self.base + Duration::from_millis(since - 1) + limit;
                    if Instant::now() >= end {
                        return;
                    }
                    sleep_until(end.into()).await;
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "progress_tests.rs"]
mod tests;
