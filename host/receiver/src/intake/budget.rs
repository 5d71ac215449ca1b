use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::metrics::Handles;
use crate::rejection::{Cause, Rejection};

/// What a request costs beside its message: HTTP/2 stream, headers, tasks. It also bounds how many requests
/// are in flight, whatever their size: with 512 MiB, 64 thousand.
const OVERHEAD: usize = 8 * 1024;

/// When to try again after the budget was exhausted: requests are usually done within milliseconds.
const RETRY: Duration = Duration::from_secs(1);

/// The bytes that all requests of a receiver together may hold.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    used: AtomicUsize,
    metrics: Arc<Handles>,
}

/// What one request holds of the budget; given back on drop.
#[derive(Debug)]
pub(crate) struct Hold {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    /// A budget of `limit` bytes, or as many as one message of `largest` bytes needs: compressed and
    /// decompressed at the same time.
    pub(crate) fn new(limit: usize, largest: usize, metrics: Arc<Handles>) -> Self {
        let least = largest.saturating_mul(2).saturating_add(OVERHEAD);
        Self { limit: limit.max(least), used: AtomicUsize::new(0), metrics }
    }

    /// Admits a request that has not been read yet.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Hold, Rejection> {
        let mut hold = Hold { budget: self.clone(), bytes: 0 };
        self.metrics.arrive();
        hold.grow(OVERHEAD)?;
        Ok(hold)
    }

    fn exhausted(&self) -> Rejection {
        let message = format!(
            "the receiver holds as many bytes as it may ({}); raise max_in_flight_bytes, or add an instance",
            self.limit
        );
        Rejection::new(Cause::BytesInFlight, message).retry_after(RETRY)
    }
}

impl Hold {
    /// Whether `more` bytes would find room now. Says no before they are read, and takes nothing: a client
    /// that only announces a large message must not keep others out.
    pub(crate) fn check(&self, more: usize) -> Result<(), Rejection> {
        let used = self.budget.used.load(Ordering::Relaxed);
        if used.saturating_add(more) > self.budget.limit { Err(self.budget.exhausted()) } else { Ok(()) }
    }

    /// Takes `more` bytes, all or none.
    pub(crate) fn grow(&mut self, more: usize) -> Result<(), Rejection> {
        let budget = &self.budget;
        let before = budget.used.fetch_add(more, Ordering::Relaxed);
        if before.saturating_add(more) > budget.limit {
            budget.used.fetch_sub(more, Ordering::Relaxed);
            return Err(budget.exhausted());
        }
        self.bytes += more;
        budget.metrics.in_flight_bytes.inc_by(gauge(more));
        Ok(())
    }

    /// Gives `less` bytes back.
    pub(crate) fn shrink(&mut self, less: usize) {
        let less = less.min(self.bytes);
        self.bytes -= less;
        self.budget.used.fetch_sub(less, Ordering::Relaxed);
        self.budget.metrics.in_flight_bytes.dec_by(gauge(less));
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.shrink(self.bytes);
        self.budget.metrics.in_flight_requests.dec();
    }
}

fn gauge(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
