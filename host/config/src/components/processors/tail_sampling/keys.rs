use super::combinators::{AND_KEYS, DROP_KEYS, NOT_KEYS};
use super::composite::COMPOSITE_KEYS;
use super::leaves;
use crate::decode::Key;
use crate::decode::key::Status;

/// The keys of a policy. The blocks of policies that plugins of ours decide are known here too, so that what is wrong in
/// them is found without loading a plugin.
pub(crate) const POLICY_KEYS: &[Key] = &[
    Key::new("name", "text", "(required)", "a label of metrics; each has another"),
    Key::new("type", "name of a plugin", "(required)", "or `and`, `not`, `drop`, `composite`"),
    Key::new("mode", "`live` or `shadow`", "live", "in shadow it is counted and explained, without a vote")
        .own(),
    Key::new("on_error", "`abstain`, `sample` or `drop`", "abstain", "the vote when its plugin fails").own(),
    Key::block("always_sample", &[]),
    Key::block("latency", leaves::LATENCY_KEYS),
    Key::block("numeric_attribute", leaves::NUMERIC_KEYS),
    Key::block("boolean_attribute", leaves::BOOLEAN_KEYS),
    Key::block("string_attribute", leaves::STRING_KEYS),
    Key::block("status_code", leaves::STATUS_CODE_KEYS),
    Key::block("span_count", leaves::SPAN_COUNT_KEYS),
    Key::block("trace_state", leaves::TRACE_STATE_KEYS),
    Key::block("trace_flags", &[]),
    Key::block("probabilistic", leaves::PROBABILISTIC_KEYS),
    Key::block("rate_limiting", leaves::RATE_LIMITING_KEYS),
    Key::block("bytes_limiting", leaves::BYTES_LIMITING_KEYS),
    Key::block("ottl_condition", leaves::OTTL_CONDITION_KEYS),
    Key::block("and", AND_KEYS),
    Key::block("not", NOT_KEYS),
    Key::block("drop", DROP_KEYS),
    Key::block("composite", COMPOSITE_KEYS),
];

/// The names of types that have a block of their own.
pub(super) fn known_types() -> impl Iterator<Item = &'static str> {
    POLICY_KEYS.iter().filter(|key| matches!(key.status, Status::Block(_))).map(|key| key.name)
}
