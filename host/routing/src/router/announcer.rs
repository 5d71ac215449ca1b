use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The same again is told no sooner.
const REPEAT: Duration = Duration::from_secs(60);

/// Decides what of a recurring trouble is worth a log line: every change at once, the same once a minute.
#[derive(Debug, Default)]
pub(crate) struct Announcer {
    last: Mutex<Option<Last>>,
}

#[derive(Debug)]
struct Last {
    message: String,
    told: Instant,
    untold: u64,
}

impl Announcer {
    /// Takes note of `items` more in the trouble that `message` tells of. Answers with how many to log,
    /// earlier ones that were not logged included, or with `None`.
    pub(crate) fn note(&self, message: &str, items: u64, now: Instant) -> Option<u64> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *last {
            Some(last) if last.message == message && now < last.told + REPEAT => {
                last.untold += items;
                None
            }
            last => {
                let untold = last.take().filter(|last| last.message == message).map_or(0, |last| last.untold);
                *last = Some(Last { message: message.to_owned(), told: now, untold: 0 });
                Some(untold + items)
            }
        }
    }
}

#[cfg(test)]
#[path = "announcer_tests.rs"]
mod tests;
