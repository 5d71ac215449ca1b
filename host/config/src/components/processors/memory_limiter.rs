use std::time::Duration;

use crate::decode::{Block, Fields, Key};

/// The `memory_limiter` processor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemoryLimiter {
    /// How often memory is looked at; not zero.
    pub check_interval: Duration,
    /// The hard limit in MiB; 0: [`MemoryLimiter::limit_percentage`] says it.
    pub limit_mib: u32,
    /// How far the soft limit is below it, in MiB; 0: a fifth of it.
    pub spike_limit_mib: u32,
    /// The hard limit in percent of what the process may have.
    pub limit_percentage: u32,
    /// How far the soft limit is below it, in percent of what the process may have; 0: a fifth of the hard limit.
    pub spike_limit_percentage: u32,
}

const NO_COLLECTIONS: &str = "Sluice has no garbage collector";

impl Block for MemoryLimiter {
    const KEYS: &'static [Key] = &[
        Key::new("check_interval", "duration", "(required)", "how often memory is looked at"),
        Key::new("limit_mib", "MiB", "(none)", "the hard limit; or `limit_percentage` says it"),
        Key::new("spike_limit_mib", "MiB", "0", "the soft limit is so far below it; 0: a fifth of it"),
        Key::new("limit_percentage", "1 to 100", "(none)", "the hard limit, of what the process may have"),
        Key::new(
            "spike_limit_percentage",
            "0 to 100",
            "0",
            "the soft limit is so far below it; 0: a fifth of it",
        ),
        Key::inert("min_gc_interval_when_soft_limited", NO_COLLECTIONS),
        Key::inert("min_gc_interval_when_hard_limited", NO_COLLECTIONS),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("spike_limit_mib", &mut self.spike_limit_mib);
        fields.read("spike_limit_percentage", &mut self.spike_limit_percentage);
        self.fill_interval(fields);
        self.fill_limits(fields);
    }
}

impl MemoryLimiter {
    fn fill_interval(&mut self, fields: &Fields<'_>) {
        let mut interval = None;
        fields.read("check_interval", &mut interval);
        self.check_interval = interval.unwrap_or_default();
        if interval == Some(Duration::ZERO) || !fields.has_value("check_interval") {
            fields
                .error("check_interval", "check_interval must be greater than zero; write for example `1s`");
        }
    }

    /// Both limits may be there; the one in MiB wins, as in the Collector.
    fn fill_limits(&mut self, fields: &Fields<'_>) {
        let (mut mib, mut percentage) = (None, None);
        fields.read("limit_mib", &mut mib);
        fields.read("limit_percentage", &mut percentage);
        (self.limit_mib, self.limit_percentage) = (mib.unwrap_or(0), percentage.unwrap_or(0));
        for (key, percentage) in [
            ("limit_percentage", self.limit_percentage),
            ("spike_limit_percentage", self.spike_limit_percentage),
        ] {
            if percentage > 100 {
                fields.error(key, format!("{percentage} percent is more than there is; write 1 to 100"));
            }
        }
        match (self.limit_mib, self.limit_percentage) {
            (0, 0) => {
                let is_unread = |key, value: Option<u32>| fields.has_value(key) && value.is_none();
                if !is_unread("limit_mib", mib) && !is_unread("limit_percentage", percentage) {
                    fields.error("limit_mib", "limit_mib or limit_percentage must be greater than zero");
                }
            }
            (0, limit) => {
                let keys = ["limit_percentage", "spike_limit_percentage"];
                check_spike(fields, keys, limit, self.spike_limit_percentage);
            }
            (limit, _) => {
                check_spike(fields, ["limit_mib", "spike_limit_mib"], limit, self.spike_limit_mib);
                if self.limit_percentage > 0 {
                    fields.warning("limit_percentage", "changes nothing: limit_mib is there, and wins");
                }
            }
        }
    }
}

fn check_spike(fields: &Fields<'_>, [limit_key, spike_key]: [&str; 2], limit: u32, spike: u32) {
    if spike >= limit {
        fields.error(
            spike_key,
            format!("{spike} is not below {limit_key}, {limit}, so everything would be refused"),
        );
    }
}
