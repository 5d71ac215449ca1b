use std::time::Duration;

/// Calls that a request may cost beyond those that it would take if all went well.
const MORE_CALLS: u32 = 64;
/// Deadlines that a request may lose before what fails is not halved any more.
const LOST_DEADLINES: u32 = 3;

/// What may still be spent on a request's failures.
#[derive(Debug)]
pub(crate) struct Budget {
    deadline: Duration,
    calls: u32,
    lost: Duration,
}

/// What to do after a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Try again in halves.
    Halve,
    /// Give this part up; other parts are still asked.
    GiveUpPart,
    /// Give up all that was not answered yet.
    GiveUpAll,
}

impl Budget {
    pub(crate) fn new(deadline: Duration) -> Self {
        Self { deadline, calls: MORE_CALLS, lost: Duration::ZERO }
    }

    /// Takes account of a call that took so long and failed.
    pub(crate) fn charge(&mut self, spent: Duration) -> Next {
        self.lost = self.lost.saturating_add(spent);
        if self.lost >= self.deadline.saturating_mul(LOST_DEADLINES + 1) {
            return Next::GiveUpAll;
        }
        // Halving costs two calls in place of one.
        if self.is_overdrawn() || self.calls < 2 {
            return Next::GiveUpPart;
        }
        self.calls -= 2;
        Next::Halve
    }

    /// Whether the plugin wasted so much time that it had better be left alone for a while.
    pub(crate) fn is_overdrawn(&self) -> bool {
        self.lost >= self.deadline.saturating_mul(LOST_DEADLINES)
    }
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
