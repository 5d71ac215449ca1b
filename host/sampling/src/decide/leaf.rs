use std::fmt::Debug;
use std::sync::Arc;

use sluice_otlp::columns::{Field, Selection, TraceTables};
use sluice_plugin::{Policy, PolicyGeneration, Verdicts};

/// A policy that looks at traces itself: a plugin, or in benchmarks the same code without one.
pub trait LeafPolicy: Debug + Send + Sync {
    /// What the configuration calls it.
    fn name(&self) -> &str;

    /// What to ask now. It may change between two batches of traces, and does not within one.
    fn current(&self) -> Arc<dyn LeafGeneration>;
}

/// One state of a [`LeafPolicy`]: a load of a plugin.
pub trait LeafGeneration: Debug + Send + Sync {
    /// What it wants to see of traces.
    fn fields(&self) -> &[Field];

    /// Whether its votes depend on what it let pass before.
    fn is_stateful(&self) -> bool;

    /// Which load it is, from 1.
    fn epoch(&self) -> u64;

    /// Votes on some of the traces of `tables`, by number, ascending: one each.
    fn decide(&self, tables: &TraceTables, selection: &Selection, traces: &[u32]) -> Verdicts;
}

impl LeafPolicy for Policy {
    fn name(&self) -> &str {
        self.name()
    }

    fn current(&self) -> Arc<dyn LeafGeneration> {
        Self::current(self)
    }
}

impl LeafGeneration for PolicyGeneration {
    fn fields(&self) -> &[Field] {
        self.fields()
    }

    fn is_stateful(&self) -> bool {
        self.is_stateful()
    }

    fn epoch(&self) -> u64 {
        self.epoch()
    }

    fn decide(&self, tables: &TraceTables, selection: &Selection, traces: &[u32]) -> Verdicts {
        self.decide(tables, selection, traces)
    }
}
