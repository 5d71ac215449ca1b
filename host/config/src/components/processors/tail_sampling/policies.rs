//! Reading policies: what all of them have, and which of their blocks is theirs.

use std::collections::HashSet;

use super::combinators::{self, AND_KEYS, DROP_KEYS, NOT_KEYS};
use super::composite::{self, COMPOSITE_KEYS};
use super::leaves;
use super::policy::{PolicyConfig, PolicyKind, PolicyMode, PolicyOnError};
use crate::decode::key::Status;
use crate::decode::{Fields, Key, Node, Read};
use crate::plugins::is_plugin_name;
use crate::yaml::value::Value;

/// A policy in the list of a processor has depth 1.
const MAX_DEPTH: usize = 8;

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
fn known_types() -> impl Iterator<Item = &'static str> {
    POLICY_KEYS.iter().filter(|key| matches!(key.status, Status::Block(_))).map(|key| key.name)
}

/// The policies of a processor.
pub(super) struct Policies<'a>(pub(super) &'a mut Vec<PolicyConfig>);

impl Read for Policies<'_> {
    fn read(&mut self, node: &Node<'_>) {
        *self.0 = read_list(node, 1);
        let mut known = HashSet::new();
        for (policy, item) in self.0.iter().zip(node.items()) {
            require_name(&item);
            if !policy.name.is_empty() && !known.insert(&policy.name) {
                item.error(format!("duplicate policy name `{}`; give each policy another", policy.name));
            }
        }
    }
}

/// The Collector lets only the names at the top, and those in a composite, matter.
pub(super) fn require_name(node: &Node<'_>) {
    let name = node.find(&["name"]);
    if matches!(node.value.resolved(), Value::Map(_) | Value::Null)
        && name.is_none_or(|name| name.is_null() || name.as_text() == Some(""))
    {
        node.error("policy name cannot be empty");
    }
}

/// The policies of a list, which are so deep in others: one for each item, good or not.
pub(super) fn read_list(node: &Node<'_>, depth: usize) -> Vec<PolicyConfig> {
    match node.value.resolved() {
        Value::Null | Value::List(_) => node.items().iter().map(|item| read_one(item, depth)).collect(),
        other => {
            node.error(format!(
                "takes a list of policies, not {}; begin each policy with `- `",
                other.kind()
            ));
            Vec::new()
        }
    }
}

/// One policy, good or not.
pub(super) fn read_one(node: &Node<'_>, depth: usize) -> PolicyConfig {
    let mut policy = PolicyConfig {
        name: String::new(),
        kind: PolicyKind::And(Vec::new()),
        mode: PolicyMode::Live,
        on_error: PolicyOnError::Abstain,
    };
    if depth > MAX_DEPTH {
        node.error(format!("policies are nested deeper than {MAX_DEPTH} levels"));
        return policy;
    }
    let kind = type_of(node);
    if let Some(fields) = Fields::open(node, POLICY_KEYS, kind) {
        let reading = Reading { fields: &fields, node, depth };
        fields.read("name", &mut policy.name);
        reading.read_head(&mut policy);
        if let Some(kind) = reading.checked_type() {
            policy.kind = reading.kind(&kind);
        }
    }
    policy
}

/// The name of the plugin that decides a policy, and of the block with its settings.
fn type_of<'a>(node: &Node<'a>) -> Option<&'a str> {
    match node.find(&["type"])?.value {
        Value::Text(name) | Value::Expanded { text: name, .. } => Some(name),
        _ => None,
    }
}

/// A policy that is being read.
pub(super) struct Reading<'a> {
    pub(super) fields: &'a Fields<'a>,
    pub(super) node: &'a Node<'a>,
    pub(super) depth: usize,
}

impl Reading<'_> {
    /// Whether the policy is one of the processor's own list.
    fn is_at_the_top(&self) -> bool {
        self.depth == 1
    }

    fn read_head(&self, policy: &mut PolicyConfig) {
        self.fields.read("mode", &mut policy.mode);
        self.fields.read("on_error", &mut policy.on_error);
        if !self.is_at_the_top() && policy.mode == PolicyMode::Shadow {
            self.fields
                .error("mode", "a part of a policy cannot be in shadow; write it at the policy at the top");
        }
    }

    /// The type, when it can be one; what is wrong with it, and with blocks that are not its own, is noted.
    fn checked_type(&self) -> Option<String> {
        let mut written = None::<String>;
        self.fields.read("type", &mut written);
        let blocks: Vec<_> = known_types().filter(|name| self.fields.get(name).is_some()).collect();
        let Some(kind) = written.filter(|kind| !kind.is_empty()) else {
            if !self.fields.has_value("type")
                || self.fields.get("type").is_some_and(|node| node.as_text() == Some(""))
            {
                let meant = blocks.first().copied();
                self.node.error_with("type is missing; write for example `type: status_code`", meant);
            }
            return None;
        };
        if !is_plugin_name(&kind) {
            self.fields.error("type", "a plugin's name is letters, digits, `_`, `-` and `.`");
            return None;
        }
        for block in blocks.into_iter().filter(|block| *block != kind) {
            self.fields.error(
                block,
                format!(
                    "is the block of `type: {block}`, and the type here is `{kind}`; correct one of them"
                ),
            );
        }
        Some(kind)
    }

    fn kind(&self, kind: &str) -> PolicyKind {
        if matches!(kind, "drop" | "composite") && !self.is_at_the_top() {
            self.fields
                .error("type", format!("`{kind}` cannot stand inside another policy; it is for the top"));
        }
        match kind {
            "and" => PolicyKind::And(combinators::parts(self, "and", "and_sub_policy")),
            "not" => combinators::not(self),
            "drop" => PolicyKind::Drop(combinators::parts(self, "drop", "drop_sub_policy")),
            "composite" => composite::read(self),
            plugin => {
                PolicyKind::Leaf { plugin: plugin.to_owned(), settings: leaves::settings(self, plugin) }
            }
        }
    }

    /// The block named like the type, if it is there; none for a type that is called like a key of every policy.
    pub(super) fn own_block(&self, kind: &str) -> Option<&Node<'_>> {
        let is_block = |key: &Key| key.name != kind || matches!(key.status, Status::Block(_));
        self.fields.get(kind).filter(|_| POLICY_KEYS.iter().all(is_block))
    }

    /// The same, opened; an error where it is not there.
    pub(super) fn block(&self, kind: &str, keys: &[Key]) -> Option<Fields<'_>> {
        match self.fields.get(kind) {
            Some(node) => Fields::open(node, keys, None),
            None => {
                self.node.error(format!("`type: {kind}` needs a block `{kind}`, which is not here"));
                None
            }
        }
    }
}

impl PolicyConfig {
    /// Whether it keeps to a rate, in any of its parts.
    pub(super) fn has_rate(&self) -> bool {
        match &self.kind {
            PolicyKind::Leaf { plugin, .. } => matches!(plugin.as_str(), "rate_limiting" | "bytes_limiting"),
            PolicyKind::And(parts) | PolicyKind::Drop(parts) => parts.iter().any(Self::has_rate),
            PolicyKind::Not(part) => part.has_rate(),
            PolicyKind::Composite { .. } => true,
        }
    }
}
