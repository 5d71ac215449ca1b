use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use sluice_otlp::Part;
use sluice_worker::Alive;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tonic::Code;

use super::courier::Courier;
use super::shipment::Shipment;
use super::{GiveUp, HandBack};
use crate::queue::{Entry, Take};
use crate::retry::after;
use crate::{ErrorKind, ExportError, Loss, Queue, QueueGauges, QueueSettings};

/// After a smaller request than this, in bytes, a lane waits for more to send with the next.
const SMALL: usize = 256 * 1024;

/// How long it waits.
const GATHERING: Duration = Duration::from_millis(5);

/// A lane with a queue: parts are stored, and leave in requests of their own making.
pub(super) struct Queued {
    pub(super) courier: Courier,
    pub(super) queue: Queue<Shipment>,
    hand_back: HandBack,
    consumers: Arc<Semaphore>,
    /// Parts are joined up to this many bytes; less than configured once the backend said that it is too much.
    join_up_to: AtomicUsize,
    /// Set when draining begins: when it ends.
    pub(super) drain_until: OnceLock<Instant>,
    /// Breaks off what is in flight when draining has no more time.
    broken_off: CancellationToken,
}

impl Queued {
    pub(super) fn start(
        courier: Courier,
        settings: &QueueSettings,
        gauges: QueueGauges,
        hand_back: HandBack,
    ) -> Arc<Self> {
        let consumers = settings.num_consumers.clamp(1, Semaphore::MAX_PERMITS);
        let this = Arc::new(Self {
            join_up_to: AtomicUsize::new(courier.settings.max_request_bytes),
            courier,
            queue: Queue::new(settings, gauges),
            hand_back,
            consumers: Arc::new(Semaphore::new(consumers)),
            drain_until: OnceLock::new(),
            broken_off: CancellationToken::new(),
        });
        tokio::spawn(Arc::clone(&this).dispatch());
        this
    }

    /// Starts a request whenever a consumer is free and something waits; after a small one it gives others a moment
    /// to come in, so that they leave as one.
    async fn dispatch(self: Arc<Self>) {
        let _alive = Alive::new(format!("queue of {}", self.courier.ledger.name().exporter));
        while let Ok(consumer) = Arc::clone(&self.consumers).acquire_owned().await {
            let Some(entry) = self.queue.pop().await else { return };
            let entry = self.fill(entry);
            let is_small = entry.item.bytes() < SMALL && !entry.item.has_failed();
            tokio::spawn(Arc::clone(&self).ship(entry, consumer));
            if is_small {
                self.queue.gather(GATHERING).await;
            }
        }
    }

    /// Joins to an entry what waits behind it and may travel with it.
    fn fill(&self, mut entry: Entry<Shipment>) -> Entry<Shipment> {
        if entry.item.has_failed() {
            return entry;
        }
        let mut room = self.join_up_to.load(Ordering::Relaxed).saturating_sub(entry.item.bytes());
        let more = self.queue.take_more(|next| {
            if next.signal != entry.item.signal || next.sender() != entry.item.sender() {
                return Take::No;
            }
            let Some(left) = room.checked_sub(next.bytes()) else { return Take::Stop };
            room = left;
            Take::Yes
        });
        for next in more {
            entry.item.absorb(next.item);
            entry.place.absorb(next.place);
        }
        entry
    }

    async fn ship(self: Arc<Self>, mut entry: Entry<Shipment>, consumer: OwnedSemaphorePermit) {
        entry.item.backoff(&self.courier.settings.retry, Instant::now());
        let shipment = &entry.item;
        let (chunks, items, sender) = (shipment.chunks(), shipment.items(), shipment.sender());
        let attempt = self.courier.attempt(shipment.signal, chunks, items, None, sender);
        let result = tokio::select! {
            result = attempt => result,
            () = self.broken_off.cancelled() => return self.lose(entry, Loss::Shutdown, "no time is left"),
        };
        drop(consumer);
        let Err(error) = result else { return };
        match error.kind {
            ErrorKind::Retryable { after } => self.retry(entry, after, error),
            ErrorKind::TooLarge => self.shrink(entry, &error),
            ErrorKind::Permanent => self.single_out(entry, &error),
        }
    }

    fn retry(&self, mut entry: Entry<Shipment>, at_least: Option<Duration>, error: ExportError) {
        let now = Instant::now();
        let retry = &self.courier.settings.retry;
        let backoff = entry.item.backoff(retry, now);
        let Some(wait) = backoff.after_failure(retry, now, at_least, fastrand::f64()) else {
            return self.give_up(entry, GiveUp::RetriesExhausted(error));
        };
        let due = after(now, wait);
        if self.drain_until.get().is_some_and(|until| due >= *until) {
            return self.lose(entry, Loss::Shutdown, error.to_string());
        }
        let items = entry.item.items();
        match self.queue.delay(entry, due) {
            Ok(()) => self.courier.ledger.will_retry(items, format!("{error} (interval: {wait:?})")),
            Err(entry) => self.give_up(entry, GiveUp::Retired),
        }
    }

    /// The backend takes smaller requests only.
    fn shrink(&self, mut entry: Entry<Shipment>, error: &ExportError) {
        self.join_up_to.fetch_min(entry.item.bytes() / 2, Ordering::Relaxed);
        if let Some(later) = entry.item.split_off_half() {
            return self.send_again(entry, later);
        }
        let halves = entry.item.parts.first().and_then(Part::halve);
        match halves {
            Some((earlier, later)) => {
                entry.item = Shipment::of(earlier);
                self.send_again(entry, Shipment::of(later));
            }
            None => self.lose(entry, Loss::TooLarge, error.to_string()),
        }
    }

    /// One bad part must not take those with it that it travelled with.
    fn single_out(&self, mut entry: Entry<Shipment>, error: &ExportError) {
        let later = if blames_data(error.code) { entry.item.split_off_half() } else { None };
        match later {
            Some(later) => self.send_again(entry, later),
            None => self.lose(entry, Loss::Permanent, error.to_string()),
        }
    }

    /// Sends both halves of what was one request, at once.
    fn send_again(&self, mut entry: Entry<Shipment>, later: Shipment) {
        let place = entry.place.halve();
        let later = Entry { item: later, place };
        for half in [entry, later] {
            if let Err(half) = self.queue.delay(half, Instant::now()) {
                self.give_up(half, GiveUp::Retired);
            }
        }
    }

    /// Hands back what is no longer ours to deliver; while draining there is nobody left to take it.
    fn give_up(&self, entry: Entry<Shipment>, why: GiveUp) {
        if self.drain_until.get().is_none() {
            (self.hand_back)(entry.item.parts.into_vec(), why);
            return;
        }
        let reason = match why {
            GiveUp::RetriesExhausted(_) => Loss::RetriesExhausted,
            GiveUp::Retired => Loss::Shutdown,
        };
        self.lose(entry, reason, why.to_string());
    }

    /// Its place is freed after the books are closed on it, so that who waits for the queue to be idle finds
    /// every item in them.
    fn lose(&self, entry: Entry<Shipment>, reason: Loss, error: impl Into<String>) {
        self.courier.ledger.lost(entry.item.signal, entry.item.items(), reason, error);
    }

    pub(super) fn retire(&self) {
        for entry in self.queue.close() {
            self.give_up(entry, GiveUp::Retired);
        }
    }

    pub(super) async fn drain(&self, until: Instant) {
        let until = *self.drain_until.get_or_init(|| until);
        self.queue.finish();
        if tokio::time::timeout_at(until.into(), self.queue.idle()).await.is_err() {
            self.broken_off.cancel();
        }
        self.retire();
        self.queue.idle().await;
    }
}

/// Whether a refusal may be about the data, rather than about who sends it and where to.
fn blames_data(code: Code) -> bool {
    !matches!(code, Code::Unauthenticated | Code::PermissionDenied | Code::Unimplemented | Code::NotFound)
}

impl fmt::Debug for Queued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queued")
            .field("courier", &self.courier)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
