//! Reading policies: what all of them have, and which of their blocks is theirs.

use std::collections::HashSet;

use super::keys::{POLICY_KEYS, known_types};
use super::policy::{PolicyConfig, PolicyKind, PolicyMode, PolicyOnError};
use super::{combinators, composite, leaves};
use crate::decode::key::Status;
use crate::decode::{Fields, Key, Node, Read};
use crate::plugins::is_plugin_name;
use crate::yaml::value::Value;

/// A policy in the list of a processor has depth 1.
const MAX_DEPTH: usize = 8;

/// The policies of a processor.
pub(super) struct Policies<'a>(pub(super) &'a mut Vec<PolicyConfig>);

impl Read for Policies<'_> {
    fn read(&mut self, node: &Node<'_>) {
        *self.0 = read_list(node, 1);
        check_names(self.0, node, "give each policy another");
    }
}

/// Notes names that are missing, or there twice. The Collector lets only those at the top, and in a composite, matter.
pub(super) fn check_names(policies: &[PolicyConfig], node: &Node<'_>, advice: &str) {
    let mut known = HashSet::new();
    for (policy, item) in policies.iter().zip(node.items()) {
        let name = item.find(&["name"]);
        let is_policy = matches!(item.value.resolved(), Value::Map(_) | Value::Null);
        if is_policy && name.is_none_or(|name| name.is_null() || name.as_text() == Some("")) {
            item.error("policy name cannot be empty");
        }
        if !policy.name.is_empty() && !known.insert(&policy.name) {
            item.error(format!("duplicate policy name `{}`; {advice}", policy.name));
        }
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
