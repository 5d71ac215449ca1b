use std::sync::OnceLock;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sluice_otlp::Part;
use sluice_pipeline::{Accepted, Reason, Refusal};
use smallvec::smallvec;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::courier::Courier;
use super::{GiveUp, Undelivered};
use crate::retry::after;
use crate::{Backoff, ErrorKind, ExportError, Loss};

/// A lane without a queue: the sender waits for the backend's answer.
#[derive(Debug)]
pub(super) struct Direct {
    courier: Courier,
    slots: Semaphore,
    /// Why nothing more is taken.
    closed: OnceLock<Refusal>,
    /// Cancelled when nothing more is taken: ends waits for a slot or a retry.
    stopped: CancellationToken,
    /// Breaks off what is in flight when draining has no more time.
    broken_off: CancellationToken,
}

/// Requests in flight; more senders than that wait for a slot.
const SLOTS: u32 = 256;

/// What one part came to, when it was not delivered.
enum Failure {
    /// Smaller ones may pass.
    TooLarge(ExportError),
    /// The sender has it again.
    Refused(Refusal),
}

impl Direct {
    pub(super) fn new(courier: Courier) -> Self {
        Self {
            courier,
            slots: Semaphore::new(SLOTS as usize),
            closed: OnceLock::new(),
            stopped: CancellationToken::new(),
            broken_off: CancellationToken::new(),
        }
    }

    pub(super) async fn send(&self, part: Part, deadline: Option<Instant>) -> Result<Accepted, Undelivered> {
        let mut accepted = Accepted::all();
        let mut parts = vec![part];
        while let Some(part) = parts.pop() {
            match self.deliver(&part, deadline).await {
                Ok(answer) => accepted = accepted.and(answer),
                Err(Failure::TooLarge(error)) => match part.halve() {
                    Some((earlier, later)) => parts.extend([later, earlier]),
                    None => accepted = accepted.and(self.lose(&part, Loss::TooLarge, &error)),
                },
                Err(Failure::Refused(refusal)) => {
                    parts.push(part);
                    return Err(Undelivered { parts, refusal, accepted });
                }
            }
        }
        Ok(accepted)
    }

    /// All at the same time; what the backend took of them cannot be taken back.
    pub(super) async fn send_all(
        &self,
        parts: Vec<Part>,
        deadline: Option<Instant>,
    ) -> Result<Accepted, Undelivered> {
        let mut accepted = Accepted::all();
        let mut undelivered: Option<Undelivered> = None;
        for sent in join_all(parts.into_iter().map(|part| self.send(part, deadline))).await {
            match (sent, &mut undelivered) {
                (Ok(answer), _) => accepted = accepted.and(answer),
                (Err(more), Some(undelivered)) => {
                    undelivered.parts.extend(more.parts);
                    accepted = accepted.and(more.accepted);
                }
                (Err(first), none) => *none = Some(first),
            }
        }
        match undelivered {
            None => Ok(accepted),
            Some(Undelivered { parts, refusal, accepted: answer }) => {
                Err(Undelivered { parts, refusal, accepted: accepted.and(answer) })
            }
        }
    }

    /// Attempts until the backend takes it or time is up. Refused for good counts as taken: sending it again is of no use.
    async fn deliver(&self, part: &Part, deadline: Option<Instant>) -> Result<Accepted, Failure> {
        let retry = &self.courier.settings.retry;
        let mut backoff = Backoff::new(retry, Instant::now());
        loop {
            let error = match self.attempt(part, deadline).await? {
                Ok(accepted) => return Ok(accepted),
                Err(error) => error,
            };
            let at_least = match error.kind {
                ErrorKind::Retryable { after } => after,
                ErrorKind::TooLarge => return Err(Failure::TooLarge(error)),
                ErrorKind::Permanent => return Ok(self.lose(part, Loss::Permanent, &error)),
            };
            let now = Instant::now();
            let Some(wait) = backoff.after_failure(retry, now, at_least, fastrand::f64()) else {
                return Err(self.refuse(part, error.to_string(), at_least));
            };
            let due = after(now, wait);
            if deadline.is_some_and(|deadline| deadline <= due) {
                let message = format!("request will be cancelled before next retry: {error}");
                return Err(self.refuse(part, message, Some(wait)));
            }
            self.courier.ledger.will_retry(part.items.into(), format!("{error} (interval: {wait:?})"));
            tokio::select! {
                () = tokio::time::sleep_until(due.into()) => {}
                () = self.stopped.cancelled() => return Err(Failure::Refused(self.closed())),
            }
        }
    }

    /// One attempt, on a slot of its own.
    async fn attempt(
        &self,
        part: &Part,
        deadline: Option<Instant>,
    ) -> Result<Result<Accepted, ExportError>, Failure> {
        let _slot = self.slot(part, deadline).await?;
        let chunks = smallvec![part.body.clone()];
        let (signal, items, sender) = (part.signal, part.items.into(), part.sender.as_ref());
        tokio::select! {
            result = self.courier.attempt(signal, chunks, items, deadline, sender) => Ok(result),
            () = self.broken_off.cancelled() => Err(Failure::Refused(self.closed())),
        }
    }

    async fn slot(
        &self,
        part: &Part,
        deadline: Option<Instant>,
    ) -> Result<tokio::sync::SemaphorePermit<'_>, Failure> {
        if self.stopped.is_cancelled() {
            return Err(Failure::Refused(self.closed()));
        }
        let too_late = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            slot = self.slots.acquire() => slot.map_err(|_closed| Failure::Refused(self.closed())),
            () = self.stopped.cancelled() => Err(Failure::Refused(self.closed())),
            () = too_late => Err(self.refuse(part, "too many requests wait for the backend".to_owned(), None)),
        }
    }

    fn lose(&self, part: &Part, reason: Loss, error: &ExportError) -> Accepted {
        let items = u64::from(part.items);
        self.courier.ledger.lost(part.signal, items, reason, error.to_string());
        Accepted::partly(items, error.to_string())
    }

    fn refuse(&self, part: &Part, message: String, retry_after: Option<Duration>) -> Failure {
        self.courier.ledger.refused(part.items.into(), &message);
        Failure::Refused(Refusal { reason: Reason::Unavailable, message, retry_after })
    }

    fn closed(&self) -> Refusal {
        let retired = || Refusal::new(Reason::Unavailable, GiveUp::Retired.to_string());
        self.closed.get().cloned().unwrap_or_else(retired)
    }

    pub(super) fn retire(&self) {
        self.stopped.cancel();
    }

    pub(super) async fn drain(&self, until: Instant) {
        self.closed.get_or_init(|| Refusal::new(Reason::ShuttingDown, "the exporter is shutting down"));
        self.stopped.cancel();
        // All slots free: nothing is in flight.
        let idle = self.slots.acquire_many(SLOTS);
        if tokio::time::timeout_at(until.into(), idle).await.is_err() {
            self.broken_off.cancel();
        }
    }
}
