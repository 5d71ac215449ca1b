//! The `tail_sampling` processor: what a trace waits for, what bounds what is held, and the policies.

mod bounds;
mod checks;
mod combinators;
mod composite;
mod keys;
mod leaves;
mod policies;
mod policy;

use std::time::Duration;

pub use bounds::{DecisionCache, Explain};

pub(crate) use keys::POLICY_KEYS;
use policies::Policies;
pub use policy::{CompositeSub, Overflow, PolicyConfig, PolicyKind, PolicyMode, PolicyOnError};

use crate::decode::{Block, Fields, Key, choice};

/// As in the Collector.
const MAX_SHARDS: u32 = 256;

/// The `tail_sampling` processor.
#[derive(Clone, Debug, PartialEq)]
pub struct TailSampling {
    /// In the order of the file.
    pub policies: Vec<PolicyConfig>,
    /// A trace is decided so long after its first span at the latest; zero: at the next tick.
    pub decision_wait: Duration,
    /// It is decided so long after its root arrived, where that is sooner; zero: this does not count.
    pub decision_wait_after_root_received: Duration,
    /// It is decided so long after its last span, where that is sooner; zero: this does not count.
    pub decision_wait_after_last_span: Duration,
    /// How many traces are held at most, in all shards; not zero.
    pub num_traces: u64,
    /// How much their spans may come to, in MiB; none: a share of the memory that the process may have. Not zero.
    pub max_memory_mib: Option<u32>,
    /// Whether senders wait while there is no room; else the oldest traces are decided early.
    pub block_on_overflow: bool,
    /// For how many traces a second there is room from the start.
    pub expected_new_traces_per_sec: u64,
    /// How long decisions are remembered.
    pub decision_cache: DecisionCache,
    /// Whether the first policy that would keep a trace decides.
    pub sample_on_first_match: bool,
    /// Whether what is undecided at the end is dropped; else it is decided then.
    pub drop_pending_traces_on_shutdown: bool,
    /// A trace that grows larger is not kept; zero: none is too large.
    pub maximum_trace_size_bytes: u64,
    /// When policies are asked.
    pub sampling_strategy: SamplingStrategy,
    /// How many traces can be decided at a time; none: one for each CPU. 1 to 256.
    pub num_shards: Option<u32>,
    /// Whether thresholds and random values in the tracestate are read and written.
    pub use_tracestate: bool,
    /// Whether scopes that are kept say which policy kept them.
    pub record_policy: bool,
    /// Whether everything is kept, and marked where it would not have been.
    pub dry_run: bool,
    /// Which decisions can be explained.
    pub explain: Explain,
}

/// When policies are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SamplingStrategy {
    /// Once, when the trace has waited, about all of it.
    #[default]
    TraceComplete,
    /// About each piece of a trace as it arrives.
    SpanIngest,
}

choice!(SamplingStrategy: "trace-complete" => TraceComplete, "span-ingest" => SpanIngest);

impl Default for TailSampling {
    fn default() -> Self {
        Self {
            policies: Vec::new(),
            decision_wait: Duration::from_secs(30),
            decision_wait_after_root_received: Duration::ZERO,
            decision_wait_after_last_span: Duration::ZERO,
            num_traces: 50_000,
            max_memory_mib: None,
            block_on_overflow: false,
            expected_new_traces_per_sec: 0,
            decision_cache: DecisionCache::default(),
            sample_on_first_match: false,
            drop_pending_traces_on_shutdown: false,
            maximum_trace_size_bytes: 0,
            sampling_strategy: SamplingStrategy::default(),
            num_shards: None,
            use_tracestate: false,
            record_policy: false,
            dry_run: false,
            explain: Explain::default(),
        }
    }
}

impl TailSampling {
    /// Every policy that a plugin decides, also those inside others, in the order of the file. With each comes its place
    /// below the processor's block, an item of a list as `[0]`: `policies`, `[2]`, `and`, `and_sub_policy`, `[0]`.
    #[must_use]
    pub fn leaves(&self) -> Vec<(Vec<String>, &PolicyConfig)> {
        let mut leaves = Vec::new();
        for (number, policy) in self.policies.iter().enumerate() {
            policy.collect_leaves(&["policies".to_owned(), policy::item(number)], &mut leaves);
        }
        leaves
    }
}

impl Block for TailSampling {
    const KEYS: &'static [Key] = &[
        Key::new("policies", "list of policies", "[]", "which traces are kept; without any, none is"),
        Key::new(
            "decision_wait",
            "duration",
            "30s",
            "from a trace's first span to its decision, at most; to 100 ms",
        ),
        Key::new(
            "decision_wait_after_root_received",
            "duration",
            "0",
            "decide so long after the root arrived, if that is sooner; 0: off",
        ),
        Key::new(
            "decision_wait_after_last_span",
            "duration",
            "0",
            "decide a trace that is quiet for so long, if that is sooner; 0: off",
        )
        .own(),
        Key::new("num_traces", "number", "50000", "traces held at most, in all shards"),
        Key::new("max_memory_mib", "MiB", "(a share of the memory)", "what their spans may come to").own(),
        Key::new(
            "block_on_overflow",
            "true or false",
            "false",
            "senders wait for room; else the oldest traces are decided early",
        ),
        Key::new("expected_new_traces_per_sec", "number", "0", "there is room for these from the start"),
        Key::block("decision_cache", DecisionCache::KEYS),
        Key::new("sample_on_first_match", "true or false", "false", "ask no policy after one that keeps"),
        Key::new(
            "drop_pending_traces_on_shutdown",
            "true or false",
            "false",
            "else they are decided then, on what is there",
        ),
        Key::new("maximum_trace_size_bytes", "bytes", "0", "do not keep what grows larger; 0: no bound"),
        Key::new(
            "sampling_strategy",
            "`trace-complete` or `span-ingest`",
            "trace-complete",
            "ask about whole traces, or about each piece as it arrives",
        ),
        Key::new("num_shards", "1 to 256", "(one for each CPU)", "traces are spread over these"),
        Key::new(
            "use_tracestate",
            "true or false",
            "false",
            "read and write `rv` and `th` in the tracestate",
        )
        .own(),
        Key::new(
            "record_policy",
            "true or false",
            "false",
            "scopes say which policy kept them, and what was missing of a trace",
        )
        .own(),
        Key::new("dry_run", "true or false", "false", "keep all, and mark what would have been dropped")
            .own(),
        Key::block("explain", Explain::KEYS).own(),
        Key::refused("tail_storage", "traces are held in memory; bound it with `max_memory_mib`"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("policies", &mut Policies(&mut self.policies));
        fields.read("decision_wait", &mut self.decision_wait);
        fields.read("decision_wait_after_root_received", &mut self.decision_wait_after_root_received);
        fields.read("decision_wait_after_last_span", &mut self.decision_wait_after_last_span);
        fields.read("num_traces", &mut self.num_traces);
        fields.read("max_memory_mib", &mut self.max_memory_mib);
        fields.read("block_on_overflow", &mut self.block_on_overflow);
        fields.read("expected_new_traces_per_sec", &mut self.expected_new_traces_per_sec);
        fields.read("decision_cache", &mut self.decision_cache);
        fields.read("sample_on_first_match", &mut self.sample_on_first_match);
        fields.read("drop_pending_traces_on_shutdown", &mut self.drop_pending_traces_on_shutdown);
        fields.read("maximum_trace_size_bytes", &mut self.maximum_trace_size_bytes);
        fields.read("sampling_strategy", &mut self.sampling_strategy);
        self.fill_shards(fields);
        fields.read("use_tracestate", &mut self.use_tracestate);
        fields.read("record_policy", &mut self.record_policy);
        fields.read("dry_run", &mut self.dry_run);
        fields.read("explain", &mut self.explain);
        fields.refuse_zero("num_traces", self.num_traces == 0);
        fields.refuse_zero("max_memory_mib", self.max_memory_mib == Some(0));
        self.check(fields);
    }
}

impl TailSampling {
    /// The Collector takes 0 for 1.
    fn fill_shards(&mut self, fields: &Fields<'_>) {
        fields.read("num_shards", &mut self.num_shards);
        match self.num_shards {
            Some(0) => self.num_shards = Some(1),
            Some(shards) if shards > MAX_SHARDS => {
                fields.error(
                    "num_shards",
                    format!("{shards} is more than {MAX_SHARDS}, the most there can be"),
                );
            }
            _ => {}
        }
    }
}
