use std::time::Duration;

use tokio::time::Instant;

/// What keeps an answer from being believed that takes most of the backends away at once. Off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuardSettings {
    /// A list with fewer backends is not taken in the place of one that has as many or more; zero takes any.
    pub min_backends: usize,
    /// A list with fewer than half of the backends is taken only when it has been no longer for this time; zero takes
    /// it at once.
    pub hysteresis: Duration,
}

/// Decides which lists are believed.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    settings: GuardSettings,
    /// Since when lists have fewer than half of the backends.
    losing_since: Option<Instant>,
    /// Whether the last list was held back.
    holds: bool,
}

/// What becomes of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    Taken,
    /// It is not believed yet; the reason is there where the list before was believed.
    HeldBack(Option<String>),
}

impl Guard {
    pub(crate) fn new(settings: GuardSettings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Judges a list of `new` backends in the place of one of `current`.
    pub(crate) fn judge(&mut self, current: usize, new: usize, now: Instant) -> Ruling {
        let reason = self.too_few(current, new).or_else(|| self.too_sudden(current, new, now));
        let held_before = std::mem::replace(&mut self.holds, reason.is_some());
        match reason {
            Some(reason) => Ruling::HeldBack((!held_before).then_some(reason)),
            None => {
                self.losing_since = None;
                Ruling::Taken
            }
        }
    }

    /// The list is the current one again: nothing is lost.
    pub(crate) fn confirmed(&mut self) {
        self.losing_since = None;
        self.holds = false;
    }

    /// Whether the last list was held back, and may be taken later.
    pub(crate) fn holds(&self) -> bool {
        self.holds
    }

    fn too_few(&self, current: usize, new: usize) -> Option<String> {
        let least = self.settings.min_backends;
        (new < least && current >= least)
            .then(|| format!("{new} of {current} backends are left, fewer than min_backends ({least})"))
    }

    fn too_sudden(&mut self, current: usize, new: usize, now: Instant) -> Option<String> {
        let hysteresis = self.settings.hysteresis;
        if hysteresis.is_zero() || new * 2 >= current {
            return None;
        }
        let since = *self.losing_since.get_or_insert(now);
        (now.duration_since(since) < hysteresis).then(|| {
            format!("{new} of {current} backends are left; that must last for {hysteresis:?} (hysteresis)")
        })
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
