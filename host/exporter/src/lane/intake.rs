//! How parts get into a lane with a queue, or why not.

use std::time::{Duration, Instant};

use sluice_otlp::Part;
use sluice_pipeline::{Accepted, Reason, Refusal};

use super::ledger::QUEUE_FULL;
use super::queued::Queued;
use super::shipment::Shipment;
use super::{GiveUp, Undelivered};
use crate::queue::{Overflow, Place};

/// When a sender whose items find no room should try again.
const FULL_RETRY_AFTER: Duration = Duration::from_secs(1);

impl Queued {
    pub(super) async fn send(&self, part: Part, deadline: Option<Instant>) -> Result<Accepted, Undelivered> {
        let admitted = in_time(self.queue.admit(self.weight(&part)), deadline).await;
        self.store_or_refuse(part, admitted)
    }

    pub(super) async fn send_all(
        &self,
        parts: Vec<Part>,
        deadline: Option<Instant>,
    ) -> Result<Accepted, Undelivered> {
        let weight = parts.iter().map(|part| self.weight(part)).sum();
        if self.queue.blocks_on_overflow() || !self.queue.could_hold(weight) {
            return self.send_one_by_one(parts, deadline).await;
        }
        let places: Result<Vec<Place>, Overflow> =
            parts.iter().map(|part| self.queue.reserve(self.weight(part))).collect();
        match places {
            Ok(places) => self.store_all(parts.into_iter().zip(places)),
            Err(overflow) => {
                let refusal = self.refusal(overflow, &parts);
                Err(Undelivered { parts, refusal, accepted: Accepted::all() })
            }
        }
    }

    /// Waits for room for each part: more than the queue holds would else never get in.
    async fn send_one_by_one(
        &self,
        parts: Vec<Part>,
        deadline: Option<Instant>,
    ) -> Result<Accepted, Undelivered> {
        let mut rest = parts.into_iter();
        while let Some(part) = rest.next() {
            let admitted = in_time(self.queue.wait_for_room(self.weight(&part)), deadline).await;
            if let Err(mut undelivered) = self.store_or_refuse(part, admitted) {
                undelivered.parts.extend(rest);
                return Err(undelivered);
            }
        }
        Ok(Accepted::all())
    }

    fn store_all(&self, mut placed: impl Iterator<Item = (Part, Place)>) -> Result<Accepted, Undelivered> {
        while let Some((part, place)) = placed.next() {
            if let Err(mut undelivered) = self.store_or_refuse(part, Ok(place)) {
                undelivered.parts.extend(placed.map(|(part, _place)| part));
                return Err(undelivered);
            }
        }
        Ok(Accepted::all())
    }

    fn store_or_refuse(
        &self,
        part: Part,
        admitted: Result<Place, Overflow>,
    ) -> Result<Accepted, Undelivered> {
        let (parts, overflow) = match admitted {
            Err(overflow) => (vec![part], overflow),
            Ok(place) => match self.queue.push(Shipment::of(part), place) {
                Ok(()) => return Ok(Accepted::all()),
                Err(shipment) => (shipment.parts.into_vec(), Overflow::Closed),
            },
        };
        let refusal = self.refusal(overflow, &parts);
        Err(Undelivered { parts, refusal, accepted: Accepted::all() })
    }

    fn weight(&self, part: &Part) -> usize {
        self.queue.weigh(part.items as usize, part.body.len())
    }

    fn refusal(&self, overflow: Overflow, parts: &[Part]) -> Refusal {
        match overflow {
            Overflow::Full => {
                for part in parts {
                    self.courier.ledger.queue_full(part.signal, part.items.into());
                }
                Refusal::new(Reason::Overloaded, QUEUE_FULL).retry_after(FULL_RETRY_AFTER)
            }
            Overflow::Closed if self.drain_until.get().is_some() => {
                Refusal::new(Reason::ShuttingDown, "the exporter is shutting down")
            }
            Overflow::Closed => Refusal::new(Reason::Unavailable, GiveUp::Retired.to_string()),
        }
    }
}

/// Waits for room no longer than the sender does.
async fn in_time(
    room: impl Future<Output = Result<Place, Overflow>>,
    deadline: Option<Instant>,
) -> Result<Place, Overflow> {
    match deadline {
        None => room.await,
        Some(deadline) => tokio::time::timeout_at(deadline.into(), room).await.unwrap_or(Err(Overflow::Full)),
    }
}
