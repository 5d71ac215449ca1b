//! What only the block as a whole can tell.

use super::{PolicyConfig, PolicyKind, PolicyMode, SamplingStrategy, TailSampling};
use crate::decode::Fields;

impl TailSampling {
    pub(super) fn check(&self, fields: &Fields<'_>) {
        self.check_policies(fields);
        self.check_strategy(fields);
        self.check_waits(fields);
        self.check_caches(fields);
    }

    fn check_policies(&self, fields: &Fields<'_>) {
        let keeps = |policy: &PolicyConfig| {
            policy.mode == PolicyMode::Live && !matches!(policy.kind, PolicyKind::Drop(_))
        };
        if fields.get("policies").is_none_or(|node| node.items().is_empty()) {
            fields.warning(
                "policies",
                "no policy is listed, so no trace is kept; `type: always_sample` keeps all",
            );
        } else if !self.dry_run && !self.policies.iter().any(keeps) {
            fields.warning("policies", "every policy drops, or is in shadow, so no trace is kept");
        }
    }

    /// The Collector refuses these at its start.
    fn check_strategy(&self, fields: &Fields<'_>) {
        if self.sampling_strategy == SamplingStrategy::SpanIngest {
            for policy in self.policies.iter().filter(|policy| policy.has_rate()) {
                fields.error(
                    "sampling_strategy",
                    format!(
                        "policy `{}` keeps to a rate, which takes whole traces; write `trace-complete`, or leave \
                         the policy out",
                        policy.name
                    ),
                );
            }
        }
    }

    fn check_waits(&self, fields: &Fields<'_>) {
        for (key, wait) in [
            ("decision_wait_after_root_received", self.decision_wait_after_root_received),
            ("decision_wait_after_last_span", self.decision_wait_after_last_span),
        ] {
            if !wait.is_zero() && wait >= self.decision_wait {
                fields.advise(
                    key,
                    "changes nothing: it is not below decision_wait, which is the most that a trace waits",
                );
            }
        }
    }

    /// A span that comes after its trace was forgotten starts a new trace, with a decision of its own.
    fn check_caches(&self, fields: &Fields<'_>) {
        let cache = &self.decision_cache;
        for (key, size) in [
            ("sampled_cache_size", cache.sampled_cache_size),
            ("non_sampled_cache_size", cache.non_sampled_cache_size),
        ] {
            if let Some(size) = size.filter(|size| *size < self.num_traces) {
                fields.advise(
                    "decision_cache",
                    format!(
                        "{key}, {size}, is below num_traces, {}, so late spans may be decided apart from their trace; \
                         ten times num_traces is a good size, and the default",
                        self.num_traces
                    ),
                );
            }
        }
    }
}
