use crate::decode::{Block, Fields, Key};

/// `decision_cache`: of how many traces it is remembered what was decided, for spans that come later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionCache {
    /// Of traces that were kept; none: ten times `num_traces`.
    pub sampled_cache_size: Option<u64>,
    /// Of traces that were not; none: ten times `num_traces`.
    pub non_sampled_cache_size: Option<u64>,
}

impl Block for DecisionCache {
    const KEYS: &'static [Key] = &[
        Key::new("sampled_cache_size", "traces", "(10 x `num_traces`)", "remembered as kept; 0: none"),
        Key::new(
            "non_sampled_cache_size",
            "traces",
            "(10 x `num_traces`)",
            "remembered as not kept; 0: none",
        ),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("sampled_cache_size", &mut self.sampled_cache_size);
        fields.read("non_sampled_cache_size", &mut self.non_sampled_cache_size);
    }
}

/// `explain`: the decisions that can be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explain {
    /// So many of the last ones; 0: none.
    pub decisions: u32,
    /// What they may come to, in MiB; 0: none.
    pub max_mib: u32,
}

impl Default for Explain {
    fn default() -> Self {
        Self { decisions: 10_000, max_mib: 16 }
    }
}

impl Block for Explain {
    const KEYS: &'static [Key] = &[
        Key::new("decisions", "number", "10000", "the last decisions can be explained; 0: none").own(),
        Key::new("max_mib", "MiB", "16", "what they may come to").own(),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("decisions", &mut self.decisions);
        fields.read("max_mib", &mut self.max_mib);
    }
}
