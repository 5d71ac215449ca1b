use std::time::Duration;

/// `retry_on_failure`, with the Collector's names and defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct RetrySettings {
    /// Whether a request that failed in a retryable way is sent again at all.
    pub enabled: bool,
    /// The wait after the first failure, before chance has its say.
    pub initial_interval: Duration,
    /// How far chance moves a wait: drawn from `interval * (1 - factor)` to `interval * (1 + factor)`; 0 to 1.
    pub randomization_factor: f64,
    /// By how much the interval grows with each failure; at least 1.
    pub multiplier: f64,
    /// The interval's upper bound, before chance has its say.
    pub max_interval: Duration,
    /// For how long after the first attempt a request is sent again; zero means for ever.
    pub max_elapsed_time: Duration,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            enabled: true,
            initial_interval: Duration::from_secs(5),
            randomization_factor: 0.5,
            multiplier: 1.5,
            max_interval: Duration::from_secs(30),
            max_elapsed_time: Duration::from_secs(300),
        }
    }
}

impl RetrySettings {
    /// Every failure is final.
    #[must_use]
    pub fn disabled() -> Self {
        Self { enabled: false, ..Self::default() }
    }
}
