use std::time::{Duration, Instant};

/// Something that goes on for a while: worth a word when it begins and when it is over, and none in between.
///
/// It is over when it was not met for `quiet`. Pure: time is passed in.
#[derive(Debug)]
pub(super) struct Spell {
    quiet: Duration,
    current: Option<Current>,
}

#[derive(Debug)]
struct Current {
    last: Instant,
    items: u64,
}

impl Spell {
    pub(super) const fn new(quiet: Duration) -> Self {
        Self { quiet, current: None }
    }

    /// It was met by so many items. Whether it begins with them.
    pub(super) fn met(&mut self, now: Instant, items: u64) -> bool {
        let begins = self.current.is_none();
        let current = self.current.get_or_insert(Current { last: now, items: 0 });
        current.last = now;
        current.items += items;
        begins
    }

    /// Whether it is over by now: then how many items met it, once.
    pub(super) fn over(&mut self, now: Instant) -> Option<u64> {
        let is_over = |current: &Current| now.saturating_duration_since(current.last) >= self.quiet;
        self.current.take_if(|current| is_over(current)).map(|current| current.items)
    }
}

#[cfg(test)]
#[path = "spell_tests.rs"]
mod tests;
