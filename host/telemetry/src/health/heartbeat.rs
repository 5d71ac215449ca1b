use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A worker's sign of life. One that is dropped without [`retire`](Self::retire) belonged to a worker that
/// died, and is overdue from its limit on.
#[derive(Debug)]
pub struct Heartbeat {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    name: String,
    limit: Duration,
    /// What `last` counts from.
    base: Instant,
    /// Milliseconds.
    last: AtomicU64,
    retired: AtomicBool,
}

impl Heartbeat {
    /// The worker is alive. One relaxed store.
    pub fn beat(&self) {
        self.inner.last.store(millis(self.inner.base.elapsed()), Ordering::Relaxed);
    }

    /// The worker has ended as it should.
    pub fn retire(self) {
        self.inner.retired.store(true, Ordering::SeqCst);
    }
}

/// The signs of life of all workers.
#[derive(Debug)]
pub(super) struct Heartbeats {
    base: Instant,
    all: Vec<Arc<Inner>>,
}

impl Heartbeats {
    pub(super) fn new(base: Instant) -> Self {
        Self { base, all: Vec::new() }
    }

    pub(super) fn add(&mut self, name: String, limit: Duration) -> Heartbeat {
        self.all.retain(|worker| !worker.retired.load(Ordering::SeqCst));
        let last = AtomicU64::new(millis(self.base.elapsed()));
        let inner = Arc::new(Inner { name, limit, base: self.base, last, retired: AtomicBool::new(false) });
        self.all.push(inner.clone());
        Heartbeat { inner }
    }

    /// One line for each worker that has not beaten within its limit.
    pub(super) fn overdue(&self, now: Instant) -> Vec<String> {
        let since_base = millis(now.saturating_duration_since(self.base));
        let workers = self.all.iter().filter(|worker| !worker.retired.load(Ordering::SeqCst));
        workers.filter_map(|worker| worker.overdue(since_base)).collect()
    }
}

impl Inner {
    fn overdue(&self, now: u64) -> Option<String> {
        let silent = Duration::from_millis(now.saturating_sub(self.last.load(Ordering::Relaxed)));
        (silent > self.limit).then(|| format!("{} has been stuck for {} s", self.name, silent.as_secs()))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
