use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Notify, Semaphore, TryAcquireError};

use crate::QueueGauges;

/// How much a queue may hold, and how much of it is taken.
///
/// A semaphore does it all: waiters are served in their order, and only those are woken that fit.
#[derive(Debug)]
pub(super) struct Room {
    free: Semaphore,
    capacity: usize,
    places: AtomicUsize,
    emptied: Notify,
    /// Told when room becomes scarce, or nothing is taken any more.
    scarce: Notify,
    gauges: QueueGauges,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// Not now.
    Full,
    /// Never again.
    Closed,
}

impl Room {
    pub(super) fn new(capacity: usize, gauges: QueueGauges) -> Self {
        let capacity = capacity.clamp(1, Semaphore::MAX_PERMITS);
        gauges.capacity.set(signed(capacity));
        Self {
            free: Semaphore::new(capacity),
            capacity,
            places: AtomicUsize::new(0),
            emptied: Notify::new(),
            scarce: Notify::new(),
            gauges,
        }
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn try_take(self: &Arc<Self>, weight: usize) -> Result<Place, Overflow> {
        let permits = self.permits(weight);
        match self.free.try_acquire_many(permits) {
            Ok(permit) => permit.forget(),
            Err(TryAcquireError::NoPermits) => return Err(Overflow::Full),
            Err(TryAcquireError::Closed) => return Err(Overflow::Closed),
        }
        self.tell_if_scarce(0);
        Ok(Place::new(self, permits))
    }

    pub(super) async fn take(self: &Arc<Self>, weight: usize) -> Result<Place, Overflow> {
        let permits = self.permits(weight);
        self.tell_if_scarce(permits as usize);
        match self.free.acquire_many(permits).await {
            Ok(permit) => permit.forget(),
            Err(_closed) => return Err(Overflow::Closed),
        }
        Ok(Place::new(self, permits))
    }

    pub(super) fn close(&self) {
        self.free.close();
        self.scarce.notify_one();
    }

    /// Waits until at most half of the room is free, or nothing is taken any more. For one waiter.
    pub(super) async fn scarce(&self) {
        // Who is told once may ask again: draining and a full queue go on for longer than one wait.
        if !self.free.is_closed() && !self.is_scarce(0) {
            self.scarce.notified().await;
        }
    }

    fn tell_if_scarce(&self, wanted: usize) {
        if self.is_scarce(wanted) {
            self.scarce.notify_one();
        }
    }

    /// Room counts as scarce when, without so much, at most half of it is free.
    fn is_scarce(&self, wanted: usize) -> bool {
        self.free.available_permits().saturating_sub(wanted) <= self.capacity / 2
    }

    pub(super) async fn idle(&self) {
        loop {
            // It hears of what happens from here on, so a last place freed before the wait is not missed.
            let emptied = self.emptied.notified();
            if self.places.load(Ordering::Acquire) == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// What weighs more than all there is takes all there is.
    fn permits(&self, weight: usize) -> u32 {
        u32::try_from(weight.clamp(1, self.capacity)).unwrap_or(u32::MAX)
    }
}

/// Room that is taken, until this is dropped.
#[derive(Debug)]
pub struct Place {
    permits: usize,
    room: Arc<Room>,
}

impl Place {
    fn new(room: &Arc<Room>, permits: u32) -> Self {
        let permits = permits as usize;
        room.places.fetch_add(1, Ordering::AcqRel);
        room.gauges.size.inc_by(signed(permits));
        Self { permits, room: Arc::clone(room) }
    }

    /// Adds another place of the same queue to this one.
    pub fn absorb(&mut self, mut other: Self) {
        self.permits += std::mem::take(&mut other.permits);
    }

    /// Gives away half of the room, for half of what takes it up.
    #[must_use]
    pub fn halve(&mut self) -> Self {
        let half = self.permits / 2;
        self.permits -= half;
        self.room.places.fetch_add(1, Ordering::AcqRel);
        Self { permits: half, room: Arc::clone(&self.room) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.gauges.size.dec_by(signed(self.permits));
        self.room.free.add_permits(self.permits);
        if self.room.places.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.room.emptied.notify_waiters();
        }
    }
}

fn signed(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
