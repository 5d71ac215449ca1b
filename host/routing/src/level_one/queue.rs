use std::sync::Arc;
use std::time::{Duration, Instant};

use sluice_exporter::queue::{Entry, Overflow};
use sluice_exporter::retry::after;
use sluice_exporter::{Loss, Queue, QueueSettings, RetrySettings};
use sluice_otlp::Payload;
use sluice_pipeline::{Accepted, Reason, Refusal, Reply};
use sluice_worker::Alive;

use crate::delivery::{Delivery, Pacing};
use crate::shared::Shared;
use crate::table::Via;

/// When a client should try again whose request finds no room.
const FULL_RETRY_AFTER: Duration = Duration::from_secs(1);

/// The queue of unrouted payloads: a client hears OK when its request is stored here, and requests are bound
/// to backends only when a consumer takes them.
///
/// A request that waits for its next attempt holds no consumer, only its room.
#[derive(Debug)]
pub(crate) struct LevelOneQueue {
    shared: Arc<Shared>,
    queue: Arc<Queue<Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    delivery: Delivery,
    /// None before the first attempt.
    pacing: Option<Pacing>,
}

impl LevelOneQueue {
    /// Starts the consumers; they begin when the resolver has yielded a list.
    pub(crate) fn start(shared: Arc<Shared>, settings: &QueueSettings) -> Self {
        let gauges = shared.exporter_metrics().queue(&shared.settings().id);
        let queue = Arc::new(Queue::new(settings, gauges));
        for _ in 0..settings.num_consumers.max(1) {
            tokio::spawn(consume(Arc::clone(&shared), Arc::clone(&queue)));
        }
        Self { shared, queue }
    }

    /// Stores a payload. It does not wait for room, unless `block_on_overflow` asks for it.
    pub(crate) async fn store(&self, mut payload: Payload) -> Reply {
        let (signal, items) = (payload.signal(), payload.items());
        let weight = self.queue.weigh(items, payload.request.body().len());
        let admitted = match payload.deadline.take() {
            None => self.queue.admit(weight).await,
            Some(deadline) => tokio::time::timeout_at(deadline.into(), self.queue.admit(weight))
                .await
                .unwrap_or(Err(Overflow::Full)),
        };
        let place = admitted.map_err(|overflow| {
            if overflow == Overflow::Full {
                self.shared.ledger().queue_full(signal, items as u64);
            }
            refusal(overflow)
        })?;
        let waiting = Waiting { delivery: Delivery::of(payload), pacing: None };
        self.queue.push(waiting, place).map_err(|_closed| refusal(Overflow::Closed))?;
        Ok(Accepted::all())
    }

    /// Takes nothing any more; waits until what is stored was delivered or given up on.
    pub(crate) async fn finish(&self) {
        self.queue.finish();
        self.queue.idle().await;
    }

    /// Counts as lost what still waits.
    pub(crate) fn close(&self, error: &str) {
        for entry in self.queue.close() {
            entry.item.delivery.lose(&self.shared, Loss::Shutdown, error);
        }
    }
}

impl Drop for LevelOneQueue {
    fn drop(&mut self) {
        self.close("the load balancer has ended");
    }
}

fn refusal(overflow: Overflow) -> Refusal {
    match overflow {
        Overflow::Full => {
            Refusal::new(Reason::Overloaded, "sending_queue is full").retry_after(FULL_RETRY_AFTER)
        }
        Overflow::Closed => Refusal::new(Reason::ShuttingDown, "the sending_queue is shutting down"),
    }
}

/// One consumer: takes a payload, attempts to deliver it, and puts it back for later where that failed.
async fn consume(shared: Arc<Shared>, queue: Arc<Queue<Waiting>>) {
    let _alive = Alive::new(format!("queue of {}", shared.settings().id));
    let (via, retry) = unattended(&shared);
    shared.ready().await;
    while let Some(mut entry) = queue.pop().await {
        let now = Instant::now();
        let Waiting { delivery, pacing } = &mut entry.item;
        let pacing = pacing.get_or_insert_with(|| Pacing::unattended(&retry, now));
        let until = shared.before_end(pacing.attempt_until(shared.settings().timeout, now));
        let Err(refusal) = delivery.attempt(&shared, via, until).await else { continue };
        let wait = pacing.after_failure(&refusal, delivery.was_taken(), Instant::now(), fastrand::f64());
        put_back(&shared, &queue, entry, wait, &refusal.message);
    }
}

/// By which lanes what was stored leaves, and how it is tried again.
///
/// Where level 2 has no queue, its retries would hold a consumer; they are made here instead.
fn unattended(shared: &Shared) -> (Via, RetrySettings) {
    let settings = shared.settings();
    let level_two_stores = settings.lane.queue.as_ref().is_some_and(|queue| queue.enabled);
    match (level_two_stores, settings.retry.enabled) {
        (true, _) => (Via::Main, settings.retry.clone()),
        (false, true) => (Via::Direct, settings.retry.clone()),
        (false, false) => (Via::Direct, settings.lane.retry.clone()),
    }
}

fn put_back(
    shared: &Shared,
    queue: &Queue<Waiting>,
    entry: Entry<Waiting>,
    wait: Option<Duration>,
    error: &str,
) {
    let Some(wait) = wait else { return entry.item.delivery.lose(shared, Loss::RetriesExhausted, error) };
    let due = after(Instant::now(), wait);
    if shared.drain_until().is_some_and(|until| due >= until) {
        return entry.item.delivery.lose(shared, Loss::Shutdown, error);
    }
    if let Err(entry) = queue.delay(entry, due) {
        entry.item.delivery.lose(shared, Loss::Shutdown, error);
    }
}
