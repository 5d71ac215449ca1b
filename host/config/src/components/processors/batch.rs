use std::collections::BTreeSet;
use std::time::Duration;

use crate::decode::{Block, Fields, Key, choice};

/// The `batch` processor.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// A batch with so many items is sent at once; 0: every request is.
    pub send_batch_size: usize,
    /// A batch is sent after so long, however small it is; zero: at once.
    pub timeout: Duration,
    /// A larger batch is cut; 0: never.
    pub send_batch_max_size: usize,
    /// Requests with different values of these headers are in different batches; lower case.
    pub metadata_keys: Vec<String>,
    /// So many combinations of values are served; 0: no limit.
    pub metadata_cardinality_limit: usize,
    /// When a request is answered.
    pub ack: BatchAck,
}

/// When `batch` answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchAck {
    /// When the next stage has answered for its batch.
    Delivered,
    /// At once, as the Collector does.
    Early,
}

choice!(BatchAck: "delivered" => Delivered, "early" => Early);

impl Default for Batch {
    fn default() -> Self {
        Self {
            send_batch_size: 8_192,
            timeout: Duration::from_millis(200),
            send_batch_max_size: 0,
            metadata_keys: Vec::new(),
            metadata_cardinality_limit: 1_000,
            ack: BatchAck::Delivered,
        }
    }
}

impl Block for Batch {
    const KEYS: &'static [Key] = &[
        Key::new("send_batch_size", "items", "8192", "send a batch as soon as it has so many"),
        Key::new("timeout", "duration", "200ms", "send a batch after so long, however small; 0: at once"),
        Key::new("send_batch_max_size", "items", "0", "cut what is larger; 0: never"),
        Key::new("metadata_keys", "list of names", "[]", "batches apart by the values of these headers"),
        Key::new(
            "metadata_cardinality_limit",
            "number",
            "1000",
            "so many combinations of values; 0: no limit",
        ),
        Key::new("ack", "`delivered` or `early`", "delivered", "when a request is answered").own(),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("send_batch_size", &mut self.send_batch_size);
        fields.read("timeout", &mut self.timeout);
        fields.read("send_batch_max_size", &mut self.send_batch_max_size);
        fields.read("metadata_cardinality_limit", &mut self.metadata_cardinality_limit);
        fields.read("ack", &mut self.ack);
        if self.send_batch_max_size > 0 && self.send_batch_max_size < self.send_batch_size {
            fields.error(
                "send_batch_max_size",
                format!(
                    "{} is below send_batch_size, {}; make it as large or larger, or 0 for no limit",
                    self.send_batch_max_size, self.send_batch_size
                ),
            );
        }
        self.fill_metadata_keys(fields);
    }
}

impl Batch {
    fn fill_metadata_keys(&mut self, fields: &Fields<'_>) {
        fields.read("metadata_keys", &mut self.metadata_keys);
        let mut known = BTreeSet::new();
        for key in &mut self.metadata_keys {
            key.make_ascii_lowercase();
            if !is_header(key) {
                fields.error("metadata_keys", format!("`{key}` is no name of a header"));
            } else if !known.insert(key.clone()) {
                fields.error("metadata_keys", format!("duplicate entry `{key}` (case-insensitive)"));
            }
        }
        if self.metadata_keys.is_empty() && fields.has_value("metadata_cardinality_limit") {
            fields.warning("metadata_cardinality_limit", "changes nothing without metadata_keys");
        }
    }
}

/// What HTTP takes for the name of a header, in lower case.
fn is_header(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
