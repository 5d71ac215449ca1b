use crate::decode::{Block, Fields, Key, choice};

/// A `sending_queue`: what is accepted and waits to be sent, in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    /// Whether there is one: without it a request is answered when its data was delivered.
    pub enabled: bool,
    /// How many requests are sent at the same time.
    pub num_consumers: usize,
    /// How much it holds, in what [`Queue::sizer`] counts.
    pub queue_size: usize,
    /// What [`Queue::queue_size`] counts.
    pub sizer: Sizer,
    /// Whether a full queue lets the sender wait rather than refuse at once.
    pub block_on_overflow: bool,
}

/// What a queue's size counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizer {
    /// Requests.
    Requests,
    /// Spans, log records, data points.
    Items,
    /// Bytes as they are sent, before compression.
    Bytes,
}

choice!(Sizer: "requests" => Requests, "items" => Items, "bytes" => Bytes);

impl Default for Queue {
    fn default() -> Self {
        Self {
            enabled: true,
            num_consumers: 10,
            queue_size: 1_000,
            sizer: Sizer::Requests,
            block_on_overflow: false,
        }
    }
}

impl Queue {
    /// No queue.
    pub(crate) fn off() -> Self {
        Self { enabled: false, ..Self::default() }
    }
}

impl Block for Queue {
    const KEYS: &'static [Key] = &[
        Key::new("enabled", "true or false", "true", "whether there is a queue"),
        Key::new("num_consumers", "number", "10", "requests that are sent at the same time"),
        Key::new("queue_size", "number", "1000", "what it holds, in what `sizer` counts"),
        Key::new("sizer", "`requests`, `items` or `bytes`", "requests", "what `queue_size` counts"),
        Key::new("block_on_overflow", "true or false", "false", "let senders wait when it is full"),
        Key::refused("storage", "the queue on disk comes with a later release; this one is in memory"),
        Key::refused("batch", "use the `batch` processor"),
        Key::refused("wait_for_result", "turn the queue off: a request then waits for its delivery"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("enabled", &mut self.enabled);
        fields.read("num_consumers", &mut self.num_consumers);
        fields.read("queue_size", &mut self.queue_size);
        fields.read("sizer", &mut self.sizer);
        fields.read("block_on_overflow", &mut self.block_on_overflow);
        if self.enabled && self.num_consumers == 0 {
            fields.error("num_consumers", "must be positive; with none, nothing would ever be sent");
        }
        if self.enabled && self.queue_size == 0 {
            fields.error("queue_size", "must be positive; write `enabled: false` for no queue");
        }
    }
}
