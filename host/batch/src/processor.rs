use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use http::{HeaderMap, HeaderName};
use prometheus_client::metrics::gauge::Gauge;
use sluice_otlp::{Payload, Signal, partition};
use sluice_pipeline::{Accepted, Consumer, Reason, Refusal, Reply, SharedConsumer};
use sluice_worker::Alive;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use crate::losses::Losses;
use crate::metrics::BatchMetrics;
use crate::send::{Entry, send};
use crate::settings::{Ack, BatchSettings};
use crate::shelf::{Sender, Shelf};

/// Requests that may wait to be looked at; what is behind it waits in the receiver, which bounds it in bytes.
const INBOX: usize = 64;

/// With `ack: early` nobody waits for a batch, so no more than these are under way; then requests wait.
const EARLY_BATCHES: usize = 4;

/// The Collector's words.
const TOO_MANY: &str = "too many batcher metadata-value combinations; see metadata_cardinality_limit";

/// The `batch` processor of one pipeline: one signal, one next stage.
#[derive(Debug)]
pub struct BatchProcessor {
    settings: Arc<BatchSettings>,
    inbox: mpsc::Sender<(Sender, Entry)>,
    early: Arc<AtomicU64>,
}

/// What a batch processor still holds when its pipeline has ended.
#[derive(Debug)]
pub struct Batching {
    ack: Ack,
    signal: Signal,
    task: JoinHandle<()>,
    early: Arc<AtomicU64>,
    losses: Losses,
}

impl BatchProcessor {
    /// Starts the task that gathers; it ends when the processor is dropped and all it holds was sent, which
    /// [`Batching::drain`] waits for.
    #[must_use]
    pub fn start(
        settings: BatchSettings,
        signal: Signal,
        next: SharedConsumer,
        metrics: &BatchMetrics,
    ) -> (Self, Batching) {
        let (inbox, entries) = mpsc::channel(INBOX);
        let settings = Arc::new(settings);
        let losses = Losses::new(&settings.id, metrics);
        let early = Arc::new(AtomicU64::new(0));
        let cardinality = metrics.cardinality(&settings.id);
        let gatherer = Gatherer {
            shelf: Shelf::new(Arc::clone(&settings)),
            settings: Arc::clone(&settings),
            next,
            losses: losses.clone(),
            early: Arc::clone(&early),
            cardinality,
            told_cardinality: 0,
            under_way: JoinSet::new(),
        };
        let task = tokio::spawn(gatherer.gather(entries));
        let batching = Batching { ack: settings.ack, signal, task, early: Arc::clone(&early), losses };
        (Self { settings, inbox, early }, batching)
    }

    async fn accept(&self, sender: Sender, mut payload: Payload) -> Reply {
        let gone = || Refusal::new(Reason::ShuttingDown, "the batch processor has ended");
        if self.settings.ack == Ack::Early {
            let room = self.inbox.reserve().await.map_err(|_| gone())?;
            // The sender is answered now, so how long it would wait says nothing.
            payload.deadline = None;
            self.early.fetch_add(payload.items() as u64, Ordering::Relaxed);
            room.send((sender, Entry { payload, answer: None }));
            return Ok(Accepted::all());
        }
        let (answer, answered) = oneshot::channel();
        let entry = Entry { payload, answer: Some(answer) };
        self.inbox.send((sender, entry)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

impl Consumer for BatchProcessor {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        async move {
            let keys = &self.settings.metadata_keys;
            if keys.is_empty() {
                return self.accept(Arc::new([]), payload).await;
            }
            let parts = partition(payload, |row| values_of(keys, &row.headers))
                .map_err(|error| Refusal::new(Reason::Malformed, error.to_string()))?;
            let replies =
                join_all(parts.into_iter().map(|(sender, payload)| self.accept(sender, payload))).await;
            replies.into_iter().try_fold(Accepted::all(), |told, reply| Ok(told.and(reply?)))
        }
        .boxed()
    }
}

fn values_of(keys: &[HeaderName], headers: &HeaderMap) -> Sender {
    keys.iter().map(|key| headers.get_all(key).iter().cloned().collect()).collect()
}

/// The task of a batch processor.
struct Gatherer {
    settings: Arc<BatchSettings>,
    shelf: Shelf<Entry>,
    next: SharedConsumer,
    losses: Losses,
    /// Items that were answered, and are not sent.
    early: Arc<AtomicU64>,
    cardinality: Gauge,
    told_cardinality: i64,
    under_way: JoinSet<()>,
}

impl Gatherer {
    /// Takes requests until all senders are gone; batches go out beside it, so a slow next stage does not stop it.
    async fn gather(mut self, mut entries: mpsc::Receiver<(Sender, Entry)>) {
        let _alive = Alive::new("batch processor");
        loop {
            let received = match self.shelf.due() {
                Some(due) => tokio::time::timeout_at(due.into(), entries.recv()).await,
                None => Ok(entries.recv().await),
            };
            match received {
                Ok(Some((sender, entry))) => self.add(sender, entry).await,
                Ok(None) => break,
                Err(_due) => {}
            }
            while let Some(batch) = self.shelf.take_due(Instant::now()) {
                self.send(batch).await;
            }
            self.tell_cardinality();
            // Those that are done are forgotten.
            while self.under_way.try_join_next().is_some() {}
        }
        while let Some(batch) = self.shelf.take() {
            self.send(batch).await;
        }
        self.cardinality.dec_by(self.told_cardinality);
        while self.under_way.join_next().await.is_some() {}
        self.losses.finish();
    }

    /// Processors of one id in several pipelines share the series.
    fn tell_cardinality(&mut self) {
        let known = i64::try_from(self.shelf.senders()).unwrap_or(i64::MAX);
        self.cardinality.inc_by(known - self.told_cardinality);
        self.told_cardinality = known;
    }

    async fn add(&mut self, sender: Sender, entry: Entry) {
        let items = entry.payload.items();
        match self.shelf.push(sender, entry, items, Instant::now()) {
            Ok(complete) => {
                for batch in complete {
                    self.send(batch).await;
                }
            }
            Err(Entry { payload, answer }) => {
                let items = items as u64;
                self.losses.lose(payload.signal(), "too_many_senders", items, TOO_MANY);
                match answer {
                    // It would be rejected again. A client that has gone away needs no answer.
                    Some(answer) => drop(answer.send(Ok(Accepted::partly(items, TOO_MANY)))),
                    None => {
                        self.early.fetch_sub(items, Ordering::Relaxed);
                    }
                }
            }
        }
    }

    async fn send(&mut self, batch: Vec<Entry>) {
        let is_early = self.settings.ack == Ack::Early;
        while is_early && self.under_way.len() >= EARLY_BATCHES {
            self.under_way.join_next().await;
        }
        let answered = batch.iter().filter(|entry| entry.answer.is_none());
        let answered = answered.map(|entry| entry.payload.items() as u64).sum();
        let early = Arc::clone(&self.early);
        let sent =
            send(batch, self.settings.send_batch_max_size, Arc::clone(&self.next), self.losses.clone());
        self.under_way.spawn(async move {
            sent.await;
            early.fetch_sub(answered, Ordering::Relaxed);
        });
    }
}

impl Batching {
    /// Waits until all was sent, until `until` at the latest; what was answered by `ack: early` and is not sent then
    /// is counted and logged.
    pub async fn drain(mut self, until: Instant) {
        if self.ack == Ack::Delivered {
            // Whoever has given it something waits for the answer, and so has looked after it.
            return;
        }
        if tokio::time::timeout_at(until.into(), &mut self.task).await.is_ok() {
            return;
        }
        self.task.abort();
        let items = self.early.load(Ordering::Relaxed);
        if items > 0 {
            self.losses.lose(self.signal, "shutdown", items, "not sent by the end of shutdown_timeout");
        }
        self.losses.finish();
    }
}

#[cfg(test)]
#[path = "processor_tests.rs"]
mod tests;
