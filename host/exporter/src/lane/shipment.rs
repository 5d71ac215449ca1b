use std::time::Instant;

use bytes::Bytes;
use sluice_otlp::{Part, SenderHeaders, Signal};
use smallvec::{SmallVec, smallvec};

use crate::{Backoff, Chunks, RetrySettings};

/// Parts of one signal, and with the same headers, that travel as one request.
#[derive(Debug)]
pub(super) struct Shipment {
    pub(super) signal: Signal,
    /// At least one; joined they are a request, since its top-level field is repeated.
    pub(super) parts: SmallVec<[Part; 1]>,
    /// The state of its retries; none before the first attempt.
    backoff: Option<Backoff>,
}

impl Shipment {
    pub(super) fn of(part: Part) -> Self {
        Self { signal: part.signal, parts: smallvec![part], backoff: None }
    }

    /// What leaves with it of its senders' headers, which all parts have in common.
    pub(super) fn sender(&self) -> Option<&SenderHeaders> {
        self.parts.first().and_then(|part| part.sender.as_ref())
    }

    pub(super) fn items(&self) -> u64 {
        self.parts.iter().map(|part| u64::from(part.items)).sum()
    }

    pub(super) fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.body.len()).sum()
    }

    pub(super) fn chunks(&self) -> Chunks {
        self.parts.iter().map(|part| part.body.clone()).collect::<SmallVec<[Bytes; 2]>>()
    }

    /// One that failed travels alone: its time is running.
    pub(super) fn has_failed(&self) -> bool {
        self.backoff.is_some()
    }

    pub(super) fn absorb(&mut self, other: Self) {
        self.parts.extend(other.parts);
    }

    /// The state of its retries, which begins with the first attempt.
    pub(super) fn backoff(&mut self, settings: &RetrySettings, now: Instant) -> &mut Backoff {
        self.backoff.get_or_insert_with(|| Backoff::new(settings, now))
    }

    /// Splits off the later half of the parts; `None` when there is only one.
    pub(super) fn split_off_half(&mut self) -> Option<Self> {
        if self.parts.len() < 2 {
            return None;
        }
        let later = self.parts.drain(self.parts.len() / 2..).collect();
        Some(Self { signal: self.signal, parts: later, backoff: self.backoff.clone() })
    }
}
