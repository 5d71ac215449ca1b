use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::runtime::Handle;
use tracing::{error, info, warn};

use super::LaneName;
use super::throttle::{Tally, Throttle, Verdict};

/// What a lane has to say, in the Collector's words, which people search for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// An attempt failed; another follows.
    Retry,
    /// An attempt failed; the sender has the data and is told to try again.
    Refuse,
    /// Items are lost.
    Drop,
    /// The queue is full; the sender has the data and is told to try again.
    Full,
    /// The backend rejected some items of a request that it took.
    Reject,
    /// The backend had something to say about a request that it took as a whole.
    Warning,
}

impl Line {
    const ALL: [Self; 6] = [Self::Retry, Self::Refuse, Self::Drop, Self::Full, Self::Reject, Self::Warning];
}

/// A lane's log, each kind of line at most once in a few seconds.
#[derive(Debug)]
pub(super) struct Journal {
    name: LaneName,
    throttles: [Mutex<Throttle>; Line::ALL.len()],
}

impl Journal {
    pub(super) fn new(name: LaneName) -> Arc<Self> {
        Arc::new(Self { name, throttles: Default::default() })
    }

    pub(super) fn name(&self) -> &LaneName {
        &self.name
    }

    pub(super) fn line(self: &Arc<Self>, line: Line, items: u64, words: impl Into<String>) {
        let verdict = self.throttled(line, |throttle, now| throttle.line(now, items, words.into()));
        match verdict {
            Verdict::Write(tally) => write(line, &self.name, &tally),
            Verdict::HeldUntil(end) => {
                // Without a runtime (a consumer outside of one) it waits for the next line, or `flush`.
                if let Ok(runtime) = Handle::try_current() {
                    let this = Arc::clone(self);
                    runtime.spawn(async move {
                        tokio::time::sleep_until(end.into()).await;
                        this.flush_line(line);
                    });
                }
            }
            Verdict::Held => {}
        }
    }

    /// Writes what is held back.
    pub(super) fn flush(&self) {
        Line::ALL.into_iter().for_each(|line| self.flush_line(line));
    }

    fn flush_line(&self, line: Line) {
        if let Some(tally) = self.throttled(line, Throttle::flush) {
            write(line, &self.name, &tally);
        }
    }

    fn throttled<T>(&self, line: Line, act: impl FnOnce(&mut Throttle, Instant) -> T) -> T {
        let mut throttle = self.throttles[line as usize].lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut throttle, Instant::now())
    }
}

/// `times` says how many lines this one stands for; the counts of items are sums.
fn write(line: Line, name: &LaneName, tally: &Tally) {
    let LaneName { exporter, endpoint } = name;
    let Tally { lines: times, items, words } = tally;
    match line {
        Line::Retry => info!(
            %exporter, %endpoint, error = words, waiting_items = items, times,
            "Exporting failed. Will retry the request after interval."
        ),
        Line::Refuse => warn!(
            %exporter, %endpoint, error = words, rejected_items = items, times,
            "Exporting failed. Rejecting data."
        ),
        Line::Drop => error!(
            %exporter, %endpoint, error = words, dropped_items = items, times,
            "Exporting failed. Dropping data."
        ),
        Line::Full => warn!(
            %exporter, %endpoint, error = words, rejected_items = items, times,
            "Dropping data because sending_queue is full"
        ),
        Line::Reject => error!(
            %exporter, %endpoint, error = words, dropped_items = items, times,
            "Partial success response: the backend rejected items"
        ),
        Line::Warning => warn!(
            %exporter, %endpoint, warning = words, times,
            "Partial success response: the backend took all items with a warning"
        ),
    }
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
