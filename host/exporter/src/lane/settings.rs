use std::time::Duration;

use crate::{QueueSettings, RetrySettings};

/// What a lane is called in metrics and logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneName {
    /// The label `exporter` of its metrics: `otlp`, or `loadbalancing/10.0.0.1:4317`.
    pub exporter: String,
    /// The backend's address.
    pub endpoint: String,
}

/// How a lane treats its parts; all lanes of an exporter share one.
#[derive(Clone, Debug)]
pub struct LaneSettings {
    /// `sending_queue`; none, or one that is not enabled: the sender waits for the backend.
    pub queue: Option<QueueSettings>,
    /// `retry_on_failure`.
    pub retry: RetrySettings,
    /// How long one attempt may take; zero means without end.
    pub timeout: Duration,
    /// What a request that leaves may have at most, in bytes before compression. Waiting parts are joined up
    /// to it; a single part may be larger.
    pub max_request_bytes: usize,
}

/// Just under 4 MiB, the limit of most gRPC servers: the difference is room for framing.
pub const DEFAULT_MAX_REQUEST_BYTES: usize = 4 * 1024 * 1024 - 64 * 1024;

impl Default for LaneSettings {
    fn default() -> Self {
        Self {
            queue: Some(QueueSettings::default()),
            retry: RetrySettings::default(),
            timeout: Duration::from_secs(5),
            max_request_bytes: DEFAULT_MAX_REQUEST_BYTES,
        }
    }
}
