use std::time::Duration;

/// The Collector's settings of `batch`, with its defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchSettings {
    /// Items (spans, log records, data points) at which a batch is sent without waiting on.
    pub send_batch_size: usize,
    /// The most items of a batch; 0: no bound. A larger request is cut.
    pub send_batch_max_size: usize,
    /// How long the first request of a batch waits for others; zero: not at all.
    pub timeout: Duration,
}

impl Default for BatchSettings {
    fn default() -> Self {
        Self { send_batch_size: 8192, send_batch_max_size: 0, timeout: Duration::from_millis(200) }
    }
}
