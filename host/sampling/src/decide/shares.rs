use std::sync::{Mutex, PoisonError};

/// How many seconds a shard may be behind another: it goes by the time at which it began to decide.
const BEHIND: u64 = 5;

/// What the parts of a composite policy may keep of each second; see contrib's tailsamplingprocessor,
/// internal/sampling/composite.go.
///
/// As in the Collector a second is one of the Unix clock, and begins with full shares; one that is hardly over does not begin
/// again, and where the clock was set back it goes on from there. Unlike in the Collector, the parts together keep to the
/// total. Locked for an addition; shards that decide at the same moment meet here.
#[derive(Debug)]
pub struct Shares {
    /// Spans per second of each part.
    shares: Vec<u64>,
    /// Spans per second of all of them.
    total: u64,
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    second: u64,
    by_part: Vec<u64>,
    total: u64,
}

impl Shares {
    /// Each part's share, and what all may keep together, in spans per second.
    #[must_use]
    pub fn new(shares: Vec<u64>, total: u64) -> Self {
        Self { shares, total, used: Mutex::default() }
    }

    /// Takes the spans of a trace off a part's share, all or none; answers whether there was room.
    pub(super) fn take(&self, part: usize, spans: u32, unix_nanos: u64) -> bool {
        let second = unix_nanos / 1_000_000_000;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let is_another = second > used.second || used.second - second > BEHIND;
        if is_another || used.by_part.len() != self.shares.len() {
            *used = Used { second, by_part: vec![0; self.shares.len()], total: 0 };
        }
        let (Some(share), Some(of_part)) = (self.shares.get(part), used.by_part.get(part)) else {
            return false;
        };
        let (of_part, total) =
            (of_part.saturating_add(spans.into()), used.total.saturating_add(spans.into()));
        if of_part > *share || total > self.total {
            return false;
        }
        used.by_part[part] = of_part;
        used.total = total;
        true
    }
}

#[cfg(test)]
#[path = "shares_tests.rs"]
mod tests;
