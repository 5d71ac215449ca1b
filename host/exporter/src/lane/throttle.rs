use std::time::{Duration, Instant};

/// Lets one line through per interval and adds up the others, so that nothing goes unsaid. Pure.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    /// Until when lines are held back.
    quiet_until: Option<Instant>,
    held: Option<Tally>,
}

/// What one or several lines say together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// How many lines it stands for.
    pub(super) lines: u64,
    /// The items of all of them.
    pub(super) items: u64,
    /// The newest line's words.
    pub(super) words: String,
}

/// What to do with a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Write it.
    Write(Tally),
    /// It is held; the first one that is must see to a [`Throttle::flush`] at that time.
    HeldUntil(Instant),
    /// It is held, and somebody sees to it.
    Held,
}

const INTERVAL: Duration = Duration::from_secs(10);

impl Throttle {
    pub(super) fn line(&mut self, now: Instant, items: u64, words: String) -> Verdict {
        let line = Tally { lines: 1, items, words };
        match (self.quiet_until, &mut self.held) {
            (Some(_), Some(held)) => {
                *held = Tally { lines: held.lines + 1, items: held.items + line.items, words: line.words };
                Verdict::Held
            }
            (Some(until), None) if now < until => {
                self.held = Some(line);
                Verdict::HeldUntil(until)
            }
            _ => {
                self.quiet_until = Some(now + INTERVAL);
                Verdict::Write(line)
            }
        }
    }

    /// What was held back; the next interval begins.
    pub(super) fn flush(&mut self, now: Instant) -> Option<Tally> {
        let held = self.held.take()?;
        self.quiet_until = Some(now + INTERVAL);
        Some(held)
    }
}

#[cfg(test)]
#[path = "throttle_tests.rs"]
mod tests;
