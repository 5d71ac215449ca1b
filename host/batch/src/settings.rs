use std::time::Duration;

use http::HeaderName;

/// The Collector's settings of `batch`, with its defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchSettings {
    /// The processor's id as configured.
    pub id: String,
    /// Items (spans, log records, data points) at which a batch is sent without waiting on.
    pub send_batch_size: usize,
    /// The most items of a batch; 0: no bound. A larger request is cut.
    pub send_batch_max_size: usize,
    /// How long the first request of a batch waits for others; zero: not at all.
    pub timeout: Duration,
    /// Requests with different values of these headers are in different batches.
    pub metadata_keys: Vec<HeaderName>,
    /// So many combinations of values are served, over the life of the process; 0: no bound.
    pub metadata_cardinality_limit: usize,
    /// When a request is answered.
    pub ack: Ack,
}

/// When a request is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ack {
    /// When the next stage has answered for its batch.
    #[default]
    Delivered,
    /// At once, as the Collector does: what the next stage does not take is lost, and counted.
    Early,
}

impl Default for BatchSettings {
    fn default() -> Self {
        Self {
            id: "batch".to_owned(),
            send_batch_size: 8192,
            send_batch_max_size: 0,
            timeout: Duration::from_millis(200),
            metadata_keys: Vec::new(),
            metadata_cardinality_limit: 1000,
            ack: Ack::Delivered,
        }
    }
}
