//! The way out: what shards release is passed on, beside their work, until it is taken.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::{FuturesUnordered, StreamExt};
use sluice_otlp::Payload;
use sluice_pipeline::{Accepted, Refusal, SharedConsumer};
use sluice_worker::Alive;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

use crate::shard::Shared;

/// Requests that are passed on at the same time.
const AT_ONCE: usize = 16;
/// The shortest and the longest pause before what was refused is tried again.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Passes on payloads until no shard is left to send any.
pub(super) async fn run(
    id: String,
    shared: Arc<Shared>,
    mut payloads: UnboundedReceiver<Payload>,
    next: SharedConsumer,
    until: watch::Receiver<Option<Instant>>,
    end: watch::Sender<bool>,
) {
    let _alive = Alive::new(format!("output of {id}"));
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(()) = under_way.next(), if !under_way.is_empty() => {}
            payload = payloads.recv(), if under_way.len() < AT_ONCE => match payload {
                Some(payload) => under_way.push(pass_on(&id, &shared, payload, &next, until.clone())),
                None => break,
            }
        }
    }
    while under_way.next().await.is_some() {}
    // Whoever drains may have gone.
    let _ = end.send(true);
}

/// Passes on one payload, however often it takes. What cannot be delivered is counted and logged.
async fn pass_on(
    id: &str,
    shared: &Shared,
    payload: Payload,
    next: &SharedConsumer,
    mut until: watch::Receiver<Option<Instant>>,
) {
    let (bytes, spans) = (payload.request.body().len(), payload.items() as u64);
    let mut pause = SHORTEST;
    loop {
        let refusal = match next.consume(payload.clone()).await {
            Ok(accepted) => {
                count_rejected(id, shared, &accepted);
                break;
            }
            Err(refusal) => refusal,
        };
        if !refusal.reason.is_retryable() || !wait(&refusal, pause, &mut until).await {
            shared.counters.undelivered_spans.inc_by(spans);
            let why = &refusal.message;
            tracing::error!(processor = id, spans, why, "Dropping data: sampled spans are not taken");
            break;
        }
        pause = (pause * 2).min(LONGEST);
    }
    shared.has_left(bytes);
}

fn count_rejected(id: &str, shared: &Shared, accepted: &Accepted) {
    if accepted.rejected > 0 {
        shared.counters.rejected_spans.inc_by(accepted.rejected);
        let (spans, why) = (accepted.rejected, &accepted.message);
        tracing::warn!(processor = id, spans, why, "Dropping data: sampled spans are rejected");
    }
}

/// Waits before the next try; answers whether there is time for one.
async fn wait(refusal: &Refusal, pause: Duration, until: &mut watch::Receiver<Option<Instant>>) -> bool {
    let pause = refusal.retry_after.unwrap_or(pause).clamp(SHORTEST, LONGEST);
    let deadline = *until.borrow_and_update();
    if let Some(deadline) = deadline {
        let is_time_left = Instant::now() + pause < deadline;
        if is_time_left {
            tokio::time::sleep(pause).await;
        }
        return is_time_left;
    }
    // Once the end has come, it is tried at once.
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        changed = until.changed() => if changed.is_err() { tokio::time::sleep(pause).await },
    }
    true
}
