use std::time::Duration;

/// How a [`MemoryLimiter`](crate::MemoryLimiter) is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryLimiterSettings {
    /// Its id as configured: `memory_limiter`, `memory_limiter/2`.
    pub id: String,
    /// How often memory is looked at; more than zero. Refused senders are told to come back after so long.
    pub check_interval: Duration,
    /// How much may be in use.
    pub limit: Limit,
}

/// How much memory may be in use, and how much of it is kept free for what comes between two looks. A spike of 0 is
/// a fifth of the limit, as in the Collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// In MiB.
    Mib {
        /// The hard limit.
        limit: u32,
        /// What the soft limit is below it.
        spike: u32,
    },
    /// In percent of what the process may have: its control group's limit, else the machine's memory.
    Percentage {
        /// The hard limit.
        limit: u32,
        /// What the soft limit is below it.
        spike: u32,
    },
}

impl Limit {
    /// The soft limit in bytes, of a process that may have `total` bytes.
    #[must_use]
    pub fn soft_bytes(self, total: u64) -> u64 {
        let (limit, spike) = match self {
            Self::Mib { limit, spike } => (u64::from(limit) << 20, u64::from(spike) << 20),
            Self::Percentage { limit, spike } => (share(total, limit), share(total, spike)),
        };
        let spike = if spike == 0 { limit / 5 } else { spike };
        limit.saturating_sub(spike)
    }
}

fn share(total: u64, percentage: u32) -> u64 {
    let bytes = u128::from(total) * u128::from(percentage) / 100;
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
