use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use sluice_exporter::retry::after;
use sluice_exporter::{GiveUp, HandBack, Ledger, Loss, RetrySettings};
use sluice_otlp::Part;
use sluice_pipeline::{Reason, Refusal};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use crate::delivery::{Delivery, Pacing, count_lost};
use crate::shared::Shared;
use crate::table::Via;

/// While more bytes than this wait to be routed again, clients are asked to wait: what was handed back was
/// in memory before, so nothing of it is dropped for want of room, and nothing is added to it.
const ENOUGH_BYTES: usize = 256 << 20;
/// When they should try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Parts that one task routes again: few enough that it never keeps a worker busy for long.
const PARTS_PER_TASK: usize = 16;

/// What lanes have handed back and what has not found another lane yet.
#[derive(Debug, Default)]
pub(crate) struct Returns {
    bytes: AtomicUsize,
    tasks: TaskTracker,
}

impl Returns {
    /// Refuses while too much waits.
    pub(crate) fn admit(&self) -> Result<(), Refusal> {
        if self.bytes.load(Ordering::Relaxed) <= ENOUGH_BYTES {
            return Ok(());
        }
        let message = "too much that backends handed back waits to be routed again";
        Err(Refusal::new(Reason::Overloaded, message).retry_after(RETRY_AFTER))
    }

    /// Waits until everything has found its lane or was counted as lost.
    pub(crate) async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// For one lane: routes again what it gives up on. Needs the runtime of the caller.
pub(crate) fn hand_back(shared: Weak<Shared>, lane: Arc<Ledger>) -> HandBack {
    let runtime = Handle::current();
    Arc::new(move |parts: Vec<Part>, give_up: GiveUp| {
        let Some(shared) = shared.upgrade() else {
            return count_lost(&parts, &lane, Loss::Shutdown, &give_up.to_string());
        };
        let items = parts.iter().map(|part| u64::from(part.items)).sum();
        shared.metrics().count_rerouted(&shared.settings().id, items);
        for parts in in_tasks(parts) {
            let task = reroute(Arc::clone(&shared), parts, Arc::clone(&lane), give_up.clone());
            shared.returns().tasks.spawn_on(task, &runtime);
        }
    })
}

fn in_tasks(parts: Vec<Part>) -> impl Iterator<Item = Vec<Part>> {
    let mut parts = parts.into_iter();
    std::iter::from_fn(move || {
        let some: Vec<Part> = parts.by_ref().take(PARTS_PER_TASK).collect();
        (!some.is_empty()).then_some(some)
    })
}

/// Delivers what a lane gave up on, by the ring of now.
///
/// What a retired lane held goes to other lanes' queues. What no retry of a lane could deliver is delivered
/// directly, so that level 1 hears of it and its own retries come to an end.
async fn reroute(shared: Arc<Shared>, parts: Vec<Part>, lane: Arc<Ledger>, give_up: GiveUp) {
    let _held = Held::new(&shared, parts.iter().map(|part| part.body.len()).sum());
    let (via, retry) = match give_up {
        GiveUp::Retired => (Via::Main, patient(&shared)),
        GiveUp::RetriesExhausted(_) => (Via::Direct, shared.settings().retry.clone()),
    };
    let mut delivery = Delivery::of_returned(parts, lane);
    let mut pacing = Pacing::unattended(&retry, Instant::now());
    loop {
        let until = shared.before_end(pacing.attempt_until(shared.settings().timeout, Instant::now()));
        let Err(refusal) = delivery.attempt(&shared, via, until).await else { return };
        let now = Instant::now();
        match pacing.after_failure(&refusal, delivery.was_taken(), now, fastrand::f64()) {
            None => return delivery.lose(&shared, Loss::RetriesExhausted, &refusal.message),
            Some(wait) if shared.drain_until().is_some_and(|until| after(now, wait) >= until) => {
                return delivery.lose(&shared, Loss::Shutdown, &refusal.message);
            }
            Some(wait) => shared.pause(wait).await,
        }
    }
}

/// How long what a retired lane held looks for another one: it was accepted, and that its backend has gone
/// is no failure of a backend. So it does even where no retry is configured.
fn patient(shared: &Shared) -> RetrySettings {
    let settings = shared.settings();
    [&settings.retry, &settings.lane.retry]
        .into_iter()
        .find(|retry| retry.enabled)
        .cloned()
        .unwrap_or_default()
}

/// Bytes that are counted among the returned ones, as long as this lives.
struct Held<'a> {
    shared: &'a Shared,
    bytes: usize,
}

impl<'a> Held<'a> {
    fn new(shared: &'a Shared, bytes: usize) -> Self {
        shared.returns().bytes.fetch_add(bytes, Ordering::Relaxed);
        Self { shared, bytes }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.shared.returns().bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
