use std::sync::Arc;

use sluice_otlp::columns::{Plan, Selection};

use super::leaf::{LeafGeneration, LeafPolicy};
use super::parents::Parents;
use crate::store::WantedOfRequests;

/// All leaf policies as they are now, and what they want to see together.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) plan: Plan,
    /// In the order of the leaves.
    pub(super) leaves: Vec<Leaf>,
    /// Which load each leaf is of.
    pub(super) epochs: Arc<[u64]>,
    pub(super) wanted_of_requests: WantedOfRequests,
}

/// A leaf policy as it is now.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) generation: Arc<dyn LeafGeneration>,
    /// What it wants to see of what is read for all.
    pub(super) selection: Selection,
}

impl Snapshot {
    /// Takes note of what every leaf is now.
    ///
    /// `None` when what they want cannot be had together, which the plugin host has seen to: what each wants can be
    /// had.
    pub(super) fn new<'a>(leaves: impl Iterator<Item = &'a Arc<dyn LeafPolicy>>) -> Option<Self> {
        let generations: Vec<_> = leaves.map(|leaf| leaf.current()).collect();
        let mut all = Parents::fields();
        for field in generations.iter().flat_map(|generation| generation.fields()) {
            if !all.contains(field) {
                all.push(field.clone());
            }
        }
        let plan = Plan::for_policies(all.clone()).ok()?;
        let epochs = generations.iter().map(|generation| generation.epoch()).collect();
        let leaf = |generation: Arc<dyn LeafGeneration>| {
            let selection = Selection::new(&plan, &all, generation.fields())?;
            Some(Leaf { generation, selection })
        };
        let leaves = generations.into_iter().map(leaf).collect::<Option<_>>()?;
        let wanted_of_requests = WantedOfRequests::among(&all);
        Some(Self { plan, leaves, epochs, wanted_of_requests })
    }

    /// Whether every leaf is still what it was.
    pub(super) fn is_current<'a>(&self, mut leaves: impl Iterator<Item = &'a Arc<dyn LeafPolicy>>) -> bool {
        self.leaves
            .iter()
            .all(|known| leaves.next().is_some_and(|leaf| Arc::ptr_eq(&leaf.current(), &known.generation)))
    }
}
