/// `sending_queue`, with the Collector's names and defaults. Its contents live in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueSettings {
    /// Whether there is a queue at all.
    pub enabled: bool,
    /// Requests in flight at the same time.
    pub num_consumers: usize,
    /// How much the queue holds, in the sizer's unit: what waits, what waits for a retry and what is in flight.
    pub queue_size: usize,
    /// What `queue_size` counts.
    pub sizer: Sizer,
    /// Whether a sender waits for room, instead of being refused, when the queue is full.
    pub block_on_overflow: bool,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            num_consumers: 10,
            queue_size: 1000,
            sizer: Sizer::Requests,
            block_on_overflow: false,
        }
    }
}

/// What a queue's size counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sizer {
    /// Requests, whatever their size.
    #[default]
    Requests,
    /// Spans, log records, data points.
    Items,
    /// Bytes of the requests as they are on the wire, uncompressed.
    Bytes,
}

impl Sizer {
    /// What one request counts; at least 1.
    #[must_use]
    pub fn weigh(self, items: usize, bytes: usize) -> usize {
        match self {
            Self::Requests => 1,
            Self::Items => items.max(1),
            Self::Bytes => bytes.max(1),
        }
    }
}
