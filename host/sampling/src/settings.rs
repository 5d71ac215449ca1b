use std::time::Duration;

/// How a tail sampler works; the Collector's keys and our own, in its defaults where they have any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamplingSettings {
    /// From the first span of a trace to its decision, at the most; zero: the next tick.
    pub decision_wait: Duration,
    /// From its root to its decision, where that is sooner.
    pub decision_wait_after_root: Option<Duration>,
    /// From its last span to its decision, where that is sooner.
    pub decision_wait_after_last_span: Option<Duration>,
    /// Traces held at most, in all shards.
    pub num_traces: u64,
    /// Bytes held at most, in all shards, with what waits before and behind them.
    pub max_bytes: u64,
    /// Whether senders wait for room; else the oldest traces are decided early.
    pub block_on_overflow: bool,
    /// For how many new traces a second there is room from the start.
    pub expected_new_traces_per_sec: u64,
    /// How many sampled traces are remembered.
    pub sampled_cache: u64,
    /// How many others are.
    pub non_sampled_cache: u64,
    /// Whether the first policy that samples a trace decides.
    pub sample_on_first_match: bool,
    /// Whether what is undecided at the end is dropped; else it is decided then.
    pub drop_pending_on_shutdown: bool,
    /// A trace with more bytes of spans is not sampled.
    pub max_trace_bytes: Option<u64>,
    /// Whether policies are asked about each piece of a trace when it arrives; else once, about all of it.
    pub decides_on_ingest: bool,
    /// Shards, each with a thread of its own; at least one.
    pub shards: usize,
    /// Whether to read and write OpenTelemetry's `rv` and `th` in tracestates.
    pub use_tracestate: bool,
    /// Whether sampled scopes say which policy sampled them, and what their traces lacked.
    pub record_policy: bool,
    /// Whether everything is passed on, and marked where it would not have been.
    pub dry_run: bool,
    /// How many decisions can be explained, and how many bytes that may take.
    pub explained: usize,
    /// See `explained`.
    pub explained_bytes: usize,
}

impl Default for SamplingSettings {
    fn default() -> Self {
        Self {
            decision_wait: Duration::from_secs(30),
            decision_wait_after_root: None,
            decision_wait_after_last_span: None,
            num_traces: 50_000,
            max_bytes: 1 << 30,
            block_on_overflow: false,
            expected_new_traces_per_sec: 0,
            sampled_cache: 500_000,
            non_sampled_cache: 500_000,
            sample_on_first_match: false,
            drop_pending_on_shutdown: false,
            max_trace_bytes: None,
            decides_on_ingest: false,
            shards: 1,
            use_tracestate: false,
            record_policy: false,
            dry_run: false,
            explained: 10_000,
            explained_bytes: 16 << 20,
        }
    }
}
