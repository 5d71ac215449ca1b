//! What a configuration says of a policy, with its plugins in place.

use std::sync::Arc;

use super::leaf::LeafPolicy;
use super::shares::Shares;

/// A policy at the top.
#[derive(Clone, Debug)]
pub struct PolicyRule {
    /// Its name.
    pub name: String,
    /// How it decides.
    pub rule: Rule,
    /// Whether it is only watched: it is asked and counted, and has no vote.
    pub is_shadow: bool,
}

/// How a policy decides; see contrib's tailsamplingprocessor, internal/sampling, for what the Collector has.
#[derive(Clone, Debug)]
pub enum Rule {
    /// By looking at traces.
    Leaf {
        /// Who looks.
        policy: Arc<dyn LeafPolicy>,
        /// What its vote is where it fails.
        on_error: OnError,
    },
    /// Sampled if each of these says so.
    And(Vec<Rule>),
    /// The opposite of this.
    Not(Box<Rule>),
    /// Dropped if each of these says sampled.
    Drop(Vec<Rule>),
    /// Sampled by the first of these that says so, as far as its share goes.
    Composite(Composite),
}

/// Policies that share a rate.
#[derive(Clone, Debug)]
pub struct Composite {
    /// In the order in which they are asked.
    pub parts: Vec<CompositePart>,
    /// Whether a trace whose part has used its share goes to the next one; else it is not sampled.
    pub falls_through: bool,
    /// What is left of the second, for all shards.
    pub shares: Arc<Shares>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct CompositePart {
    /// Its name.
    pub name: String,
    /// How it decides.
    pub rule: Rule,
}

/// What the vote of a policy is where it fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// None.
    #[default]
    Abstain,
    /// Sampled.
    Sample,
    /// Dropped.
    Drop,
}

impl Rule {
    /// Whether it is a `drop` policy, which comes before all others.
    pub(super) fn is_drop(&self) -> bool {
        matches!(self, Self::Drop(_))
    }

    /// All that look at traces, in the order in which they stand.
    pub(crate) fn leaves(&self) -> Vec<&Arc<dyn LeafPolicy>> {
        match self {
            Self::Leaf { policy, .. } => vec![policy],
            Self::And(rules) | Self::Drop(rules) => rules.iter().flat_map(Self::leaves).collect(),
            Self::Not(rule) => rule.leaves(),
            Self::Composite(composite) => {
                composite.parts.iter().flat_map(|part| part.rule.leaves()).collect()
            }
        }
    }

    /// How many [`leaves`](Self::leaves) there are.
    pub(crate) fn leaf_count(&self) -> usize {
        match self {
            Self::Leaf { .. } => 1,
            Self::And(rules) | Self::Drop(rules) => rules.iter().map(Self::leaf_count).sum(),
            Self::Not(rule) => rule.leaf_count(),
            Self::Composite(composite) => composite.parts.iter().map(|part| part.rule.leaf_count()).sum(),
        }
    }
}
