use std::time::Duration;

/// What a plugin may use.
///
/// A guest that needs more fails, for the items at hand alone, and what fails is handled by
/// [`OnError`](crate::OnError).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long one call may run. From 5 ms on, it is cut off between this and a fifth more.
    pub deadline: Duration,
    /// Bytes of linear memory of one instance. Instances are kept for as many calls as run at once,
    /// about one a core, for each plugin, signal and settings.
    pub max_memory_bytes: usize,
    /// Rows to be keyed in one call; a request with more is handed over in several calls.
    pub max_rows: u32,
    /// Bytes of columns in one call, and bytes of keys in its answer. A single row with more is not
    /// shown to the plugin: it fails.
    pub max_bytes: usize,
    /// Bytes of one key.
    pub max_key_bytes: usize,
    /// Bytes of a `.wasm` file.
    pub max_file_bytes: u64,
}

impl Default for Limits {
    /// Generous for a plugin in order, which takes microseconds for a batch; tight enough that one out
    /// of order is contained.
    fn default() -> Self {
        Self {
            deadline: Duration::from_millis(100),
            max_memory_bytes: 64 << 20,
            max_rows: 8192,
            max_bytes: 4 << 20,
            max_key_bytes: 64 << 10,
            max_file_bytes: 64 << 20,
        }
    }
}
