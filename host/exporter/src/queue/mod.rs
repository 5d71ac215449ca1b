//! A bounded queue in memory whose contents may also wait for their retry.
//!
//! `Backlog` knows the order and nothing of clocks; `Room` bounds what is held.
//! What was taken out keeps its place until it is dropped, so that a retry always finds room, and the
//! bound holds for what waits, what waits for a retry, and what is in flight together.

mod backlog;
mod room;
mod settings;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use backlog::Backlog;
pub use backlog::Take;
use room::Room;
pub use room::{Overflow, Place};
pub use settings::{QueueSettings, Sizer};
use tokio::sync::Notify;

use crate::QueueGauges;

/// What waits to be sent, oldest first.
#[derive(Debug)]
pub struct Queue<T> {
    room: Arc<Room>,
    block_on_overflow: bool,
    sizer: Sizer,
    backlog: Mutex<Backlog<Entry<T>>>,
    changed: Notify,
    /// Who holds it waits for entries; the others wait for it. So one push wakes one taker, not all.
    turn: tokio::sync::Mutex<()>,
}

/// Something in a queue, or taken out of it, with the place that it takes up.
#[derive(Debug)]
pub struct Entry<T> {
    /// What was put in.
    pub item: T,
    /// Freed when it is dropped.
    pub place: Place,
}

impl<T> Queue<T> {
    /// An empty queue.
    #[must_use]
    pub fn new(settings: &QueueSettings, gauges: QueueGauges) -> Self {
        Self {
            room: Arc::new(Room::new(settings.queue_size, gauges)),
            block_on_overflow: settings.block_on_overflow,
            sizer: settings.sizer,
            backlog: Mutex::new(Backlog::new()),
            changed: Notify::new(),
            turn: tokio::sync::Mutex::new(()),
        }
    }

    /// What a request counts here, in the unit of the queue's sizer.
    #[must_use]
    pub fn weigh(&self, items: usize, bytes: usize) -> usize {
        self.sizer.weigh(items, bytes)
    }

    /// Takes room for something that is to be pushed, without waiting.
    ///
    /// What weighs more than the whole queue finds room when the queue is empty.
    ///
    /// # Errors
    /// When there is no room, or the queue takes nothing any more.
    pub fn reserve(&self, weight: usize) -> Result<Place, Overflow> {
        self.room.try_take(weight)
    }

    /// Takes room; waits for it, first come first served, where `block_on_overflow` says so.
    ///
    /// # Errors
    /// When there is no room, or the queue takes nothing any more.
    pub async fn admit(&self, weight: usize) -> Result<Place, Overflow> {
        if self.block_on_overflow { self.wait_for_room(weight).await } else { self.reserve(weight) }
    }

    /// Takes room; waits for it, whatever `block_on_overflow` says.
    ///
    /// # Errors
    /// When the queue takes nothing any more.
    pub async fn wait_for_room(&self, weight: usize) -> Result<Place, Overflow> {
        self.room.take(weight).await
    }

    /// Whether [`admit`](Self::admit) waits for room.
    #[must_use]
    pub fn blocks_on_overflow(&self) -> bool {
        self.block_on_overflow
    }

    /// Whether so much finds room at once, at least while nothing else is held.
    #[must_use]
    pub fn could_hold(&self, weight: usize) -> bool {
        weight <= self.room.capacity()
    }

    /// Puts something at the end, on a place taken before.
    ///
    /// # Errors
    /// Gives the item back when the queue takes nothing any more.
    pub fn push(&self, item: T, place: Place) -> Result<(), T> {
        let pushed = self.lock().push(Entry { item, place });
        self.changed.notify_one();
        pushed.map_err(|entry| entry.item)
    }

    /// Puts back what was taken out, to be taken again not before `due`.
    ///
    /// # Errors
    /// Gives the entry back when the queue is closed.
    pub fn delay(&self, entry: Entry<T>, due: Instant) -> Result<(), Entry<T>> {
        let delayed = self.lock().delay(entry, due);
        self.changed.notify_one();
        delayed
    }

    /// Takes what goes next: what is due for its retry, else the oldest. Waits for it.
    ///
    /// `None` once the queue is closed. Dropping the future takes nothing out.
    pub async fn pop(&self) -> Option<Entry<T>> {
        let _turn = self.turn.lock().await;
        loop {
            let due = {
                let mut backlog = self.lock();
                match backlog.take(Instant::now()) {
                    Some(entry) => return Some(entry),
                    None if backlog.is_closed() => return None,
                    None => backlog.next_due(),
                }
            };
            match due {
                None => self.changed.notified().await,
                Some(due) => tokio::select! {
                    () = self.changed.notified() => {}
                    () = tokio::time::sleep_until(due.into()) => {}
                },
            }
        }
    }

    /// Takes more of what waits, without waiting: of the oldest entries those that `choose` says.
    pub fn take_more(&self, mut choose: impl FnMut(&T) -> Take) -> Vec<Entry<T>> {
        self.lock().take_more(|entry| choose(&entry.item))
    }

    /// Waits for more to come in, so long at most; no longer once room is scarce or the queue takes nothing new.
    pub async fn gather(&self, wait: Duration) {
        // Over: more has had its time to come.
        let _ = tokio::time::timeout(wait, self.room.scarce()).await;
    }

    /// Takes nothing new from now on; what waits for a retry is due at once.
    pub fn finish(&self) {
        self.room.close();
        self.lock().finish();
        self.changed.notify_one();
    }

    /// Takes nothing from now on, not even what was taken out, and gives what waits.
    pub fn close(&self) -> Vec<Entry<T>> {
        self.room.close();
        let rest = self.lock().close();
        // Whoever waits in `pop` learns it; who comes later sees it.
        self.changed.notify_one();
        rest
    }

    /// Waits until nothing is held any more, neither here nor taken out.
    pub async fn idle(&self) {
        self.room.idle().await;
    }

    fn lock(&self) -> MutexGuard<'_, Backlog<Entry<T>>> {
        self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
