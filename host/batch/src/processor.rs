use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sluice_otlp::{Payload, Request, RequestMetadata, merge, split};
use sluice_pipeline::{Accepted, Consumer, Reason, Refusal, Reply, SharedConsumer};
use sluice_worker::Alive;
use tokio::sync::{mpsc, oneshot};

use crate::pending::Pending;
use crate::settings::BatchSettings;
use crate::share::share;

/// Requests that may wait to be looked at; what is behind it waits in the receiver, which bounds it in bytes.
const INBOX: usize = 64;

/// The `batch` processor of one pipeline: one signal, one next stage.
#[derive(Debug)]
pub struct BatchProcessor {
    inbox: mpsc::Sender<Entry>,
}

/// A request that waits for its batch, and for the answer to it.
#[derive(Debug)]
struct Entry {
    payload: Payload,
    answer: oneshot::Sender<Reply>,
}

impl BatchProcessor {
    /// Starts the task that gathers; it ends when the processor is dropped and all it holds was sent.
    #[must_use]
    pub fn start(settings: BatchSettings, next: SharedConsumer) -> Self {
        let (inbox, entries) = mpsc::channel(INBOX);
        tokio::spawn(gather(settings, entries, next));
        Self { inbox }
    }
}

impl Consumer for BatchProcessor {
    fn consume(&self, payload: Payload) -> BoxFuture<'_, Reply> {
        async move {
            let (answer, answered) = oneshot::channel();
            let gone = || Refusal::new(Reason::ShuttingDown, "the batch processor has ended");
            self.inbox.send(Entry { payload, answer }).await.map_err(|_| gone())?;
            answered.await.map_err(|_| gone())?
        }
        .boxed()
    }
}

/// Takes requests until all senders are gone; batches go out beside it, so a slow next stage does not stop it.
async fn gather(settings: BatchSettings, mut entries: mpsc::Receiver<Entry>, next: SharedConsumer) {
    let _alive = Alive::new("batch processor");
    let most = settings.send_batch_max_size;
    let mut pending = Pending::new(settings);
    loop {
        let received = match pending.due() {
            Some(due) => tokio::time::timeout_at(due.into(), entries.recv()).await,
            None => Ok(entries.recv().await),
        };
        match received {
            Ok(Some(entry)) => {
                let items = entry.payload.items();
                for batch in pending.push(entry, items, Instant::now()) {
                    tokio::spawn(send(batch, most, next.clone()));
                }
            }
            Ok(None) => break,
            Err(_due) => {}
        }
        if pending.due().is_some_and(|due| due <= Instant::now()) {
            pending.take().map(|batch| tokio::spawn(send(batch, most, next.clone())));
        }
    }
    if let Some(batch) = pending.take() {
        send(batch, most, next).await;
    }
}

/// Sends one batch on and tells each of its requests what became of it.
async fn send(batch: Vec<Entry>, most: usize, next: SharedConsumer) {
    let mut answers = Vec::with_capacity(batch.len());
    let mut payloads = Vec::with_capacity(batch.len());
    for Entry { payload, answer } in batch {
        answers.push((answer, payload.items()));
        payloads.push(payload);
    }
    let deadline = latest(&payloads);
    let Some(mut payload) = merge(payloads) else { return };
    payload.deadline = deadline;
    let reply = if most > 0 && payload.items() > most {
        send_in_pieces(&payload, most, &next).await
    } else {
        next.consume(payload).await
    };
    let mut left = reply.as_ref().map_or(0, |accepted| accepted.rejected);
    for (answer, items) in answers {
        // A client that has gone away needs no answer.
        let _ = answer.send(share(&reply, items, &mut left));
    }
}

/// When the last client stops waiting: an impatient one must not hurry the others' data into a refusal.
fn latest(payloads: &[Payload]) -> Option<Instant> {
    let deadlines: Option<Vec<Instant>> = payloads.iter().map(|payload| payload.deadline).collect();
    deadlines?.into_iter().max()
}

/// Cuts a request of more than `most` items; only a single request is that large.
async fn send_in_pieces(payload: &Payload, most: usize, next: &SharedConsumer) -> Reply {
    let pieces = payload.items().div_ceil(most);
    let buckets: Vec<u32> = (0..payload.items()).map(|leaf| (leaf / most) as u32).collect();
    let mut reply = Accepted::all();
    for part in split(&payload.request, &buckets, pieces, usize::MAX).parts {
        let request = Request::scan(part.signal, part.body)
            .map_err(|error| Refusal::new(Reason::Malformed, error.to_string()))?;
        reply = reply.and(next.consume(piece(payload, request)).await?);
    }
    Ok(reply)
}

/// A piece of `payload`, with the headers of the one request that it came with.
fn piece(payload: &Payload, request: Request) -> Payload {
    let mut piece = Payload::bare(request);
    if let (Some(row), Some(source)) = (piece.metadata.first(), payload.metadata.first()) {
        let row = RequestMetadata { resources: row.resources, ..source.clone() };
        piece.metadata = [row].into();
    }
    piece.deadline = payload.deadline;
    piece
}

#[cfg(test)]
#[path = "processor_tests.rs"]
mod tests;
