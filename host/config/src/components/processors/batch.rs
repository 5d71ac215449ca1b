use std::time::Duration;

use crate::decode::{Block, Fields, Key};

/// The `batch` processor.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// A batch with so many items is sent at once; 0: every request is.
    pub send_batch_size: usize,
    /// A batch is sent after so long, however small it is; zero: at once.
    pub timeout: Duration,
    /// A larger batch is cut; 0: never.
    pub send_batch_max_size: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self { send_batch_size: 8_192, timeout: Duration::from_millis(200), send_batch_max_size: 0 }
    }
}

impl Block for Batch {
    const KEYS: &'static [Key] = &[
        Key::new("send_batch_size", "items", "8192", "send a batch as soon as it has so many"),
        Key::new("timeout", "duration", "200ms", "send a batch after so long, however small; 0: at once"),
        Key::new("send_batch_max_size", "items", "0", "cut what is larger; 0: never"),
        Key::refused("metadata_keys", "batches by header come with a later release"),
        Key::refused("metadata_cardinality_limit", "batches by header come with a later release"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("send_batch_size", &mut self.send_batch_size);
        fields.read("timeout", &mut self.timeout);
        fields.read("send_batch_max_size", &mut self.send_batch_max_size);
        if self.send_batch_max_size > 0 && self.send_batch_max_size < self.send_batch_size {
            fields.error(
                "send_batch_max_size",
                format!(
                    "{} is below send_batch_size, {}; make it as large or larger, or 0 for no limit",
                    self.send_batch_max_size, self.send_batch_size
                ),
            );
        }
    }
}
