use serde_json::Value as Json;

use crate::decode::choice;

/// A policy: one opinion on whether a trace is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyConfig {
    /// Its name: a label of metrics, and what `record_policy` writes. Unique among the policies at the top and among
    /// the parts of a `composite`; other parts may share one, and without one they are called by their type.
    pub name: String,
    /// How it decides.
    pub kind: PolicyKind,
    /// Whether its vote counts; parts of other policies are always live.
    pub mode: PolicyMode,
    /// What its vote is where its plugin fails; of no use to a policy that has parts.
    pub on_error: PolicyOnError,
}

/// How a policy decides.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyKind {
    /// By a plugin.
    Leaf {
        /// The plugin: `type`.
        plugin: String,
        /// Its settings: the block named like it, or null. Those of a type that the Collector has are checked, and hold
        /// what the file gives, each key with the type that it should have, and no key without a value.
        settings: Json,
    },
    /// A trace is kept when each of these, in this order, would keep it; at least one.
    And(Vec<PolicyConfig>),
    /// A trace is kept when this would not keep it.
    Not(Box<PolicyConfig>),
    /// A trace is dropped, whatever others say, when each of these, in this order, would keep it; at least one.
    Drop(Vec<PolicyConfig>),
    /// A trace is kept by the first of these that would keep it, up to its share of a rate.
    Composite {
        /// What all of them together keep, in spans per second.
        max_total_spans_per_second: u64,
        /// What becomes of a trace whose policy has used its share.
        overflow: Overflow,
        /// The policies in the order in which they are asked; at least one.
        subs: Vec<CompositeSub>,
    },
}

/// A part of a `composite` policy.
#[derive(Clone, Debug, PartialEq)]
pub struct CompositeSub {
    /// What it keeps.
    pub policy: PolicyConfig,
    /// How much of it, in spans per second: its percentage of the total, or an equal share where it has none.
    pub spans_per_second: u64,
}

/// Whether a policy's vote counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicyMode {
    /// It does.
    #[default]
    Live,
    /// The policy is evaluated, counted and explained, and has no vote.
    Shadow,
}

choice!(PolicyMode: "live" => Live, "shadow" => Shadow);

/// What the vote of a policy is where its plugin fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicyOnError {
    /// None.
    #[default]
    Abstain,
    /// The trace is kept.
    Sample,
    /// The trace is dropped.
    Drop,
}

choice!(PolicyOnError: "abstain" => Abstain, "sample" => Sample, "drop" => Drop);

/// What becomes of a trace whose part of a `composite` has used its share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// It is not kept, as in the Collector.
    #[default]
    Refuse,
    /// The next part is asked.
    Next,
}

choice!(Overflow: "refuse" => Refuse, "next" => Next);

impl PolicyKind {
    /// The word in the configuration: `type`.
    #[must_use]
    pub fn type_name(&self) -> &str {
        match self {
            Self::Leaf { plugin, .. } => plugin,
            Self::And(_) => "and",
            Self::Not(_) => "not",
            Self::Drop(_) => "drop",
            Self::Composite { .. } => "composite",
        }
    }
}

impl PolicyConfig {
    /// A part that has no name is called by its type.
    pub(super) fn named(mut self) -> Self {
        if self.name.is_empty() {
            self.name = self.kind.type_name().to_owned();
        }
        self
    }

    /// The policies that plugins decide, this one or those inside, each with its place below `path`: an item of a list is
    /// `[0]`.
    pub(super) fn collect_leaves<'a>(&'a self, path: &[String], leaves: &mut Vec<(Vec<String>, &'a Self)>) {
        let below = |keys: &[&str]| -> Vec<String> {
            path.iter().cloned().chain(keys.iter().map(|key| (*key).to_owned())).collect()
        };
        let list = |key: &str, number: usize| below(&[key, &format!("{key}_sub_policy"), &item(number)]);
        match &self.kind {
            PolicyKind::Leaf { .. } => leaves.push((path.to_vec(), self)),
            PolicyKind::Not(policy) => policy.collect_leaves(&below(&["not", "not_sub_policy"]), leaves),
            PolicyKind::And(policies) => {
                for (number, policy) in policies.iter().enumerate() {
                    policy.collect_leaves(&list("and", number), leaves);
                }
            }
            PolicyKind::Drop(policies) => {
                for (number, policy) in policies.iter().enumerate() {
                    policy.collect_leaves(&list("drop", number), leaves);
                }
            }
            PolicyKind::Composite { subs, .. } => {
                for (number, sub) in subs.iter().enumerate() {
                    sub.policy.collect_leaves(&list("composite", number), leaves);
                }
            }
        }
    }
}

/// An item of a list, as a step of a path.
pub(super) fn item(number: usize) -> String {
    format!("[{number}]")
}
