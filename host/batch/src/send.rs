//! A complete batch on its way.

use std::time::Instant;

use sluice_otlp::{Payload, Request, RequestMetadata, Signal, merge, split};
use sluice_pipeline::{Accepted, Reason, Refusal, Reply, SharedConsumer};
use tokio::sync::oneshot;

use crate::losses::Losses;
use crate::share::share;

/// A request that waits for its batch, and for the answer to it; `None` where it was answered already.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) payload: Payload,
    pub(crate) answer: Option<oneshot::Sender<Reply>>,
}

/// Sends one batch on and tells each of its requests what became of it; for those that were answered already, what
/// was not taken is lost.
pub(crate) async fn send(batch: Vec<Entry>, most: usize, next: SharedConsumer, losses: Losses) {
    let mut answers = Vec::with_capacity(batch.len());
    let mut payloads = Vec::with_capacity(batch.len());
    for Entry { payload, answer } in batch {
        answers.push((answer, payload.items()));
        payloads.push(payload);
    }
    let deadline = latest(&payloads);
    let Some(mut payload) = merge(payloads) else { return };
    let signal = payload.signal();
    payload.deadline = deadline;
    let reply = if most > 0 && payload.items() > most {
        send_in_pieces(&payload, most, &next).await
    } else {
        next.consume(payload).await
    };
    let mut left = reply.as_ref().map_or(0, |accepted| accepted.rejected);
    for (answer, items) in answers {
        let told = share(&reply, items, &mut left);
        match answer {
            // A client that has gone away needs no answer.
            Some(answer) => drop(answer.send(told)),
            None => lose(signal, items, &told, &losses),
        }
    }
}

fn lose(signal: Signal, items: usize, told: &Reply, losses: &Losses) {
    match told {
        Ok(Accepted { rejected: 0, .. }) => {}
        Ok(Accepted { rejected, message }) => losses.lose(signal, "rejected", *rejected, message),
        Err(refusal) => losses.lose(signal, refusal.reason.as_str(), items as u64, &refusal.message),
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
