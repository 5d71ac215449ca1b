//! Whether all of a trace is there, as far as its spans tell.

use foldhash::fast::RandomState;
use hashbrown::HashSet;
use sluice_otlp::Payload;
use sluice_otlp::columns::{Field, Intrinsic, Plan, Table, TraceRow, TraceTables, Values};

/// What a trace lacked when it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Incomplete {
    /// A span without a parent.
    NoRoot,
    /// It has one, and yet the parent of one of its spans is not there.
    MissingParent,
}

impl Incomplete {
    /// A word for marks and explanations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoRoot => "no_root",
            Self::MissingParent => "missing_parent",
        }
    }
}

/// An id of a span; zeros stand for none.
type SpanId = [u8; 8];

/// So many ids are looked through rather than hashed.
const FEW: usize = 32;

/// Looks whether the parents of spans are there. Its memory serves again and again.
#[derive(Debug, Default)]
pub(super) struct Parents {
    ids: HashSet<SpanId, RandomState>,
}

impl Parents {
    /// What has to be read of spans for it: before all else that is read of them.
    pub(super) fn fields() -> Vec<Field> {
        let of_spans = |field| Field::Intrinsic(Table::Items, field);
        vec![of_spans(Intrinsic::SpanId), of_spans(Intrinsic::ParentSpanId)]
    }

    /// For each trace, whether a span names a parent that is not there. The first fields that were read are
    /// [`fields`](Self::fields).
    pub(super) fn missing(&mut self, tables: &TraceTables) -> Vec<bool> {
        let mut missing = vec![false; tables.len()];
        let Some(items) = tables.rows(Table::Items) else { return missing };
        let [ids, parents, ..] = &items.columns[..] else { return missing };
        let (Values::Fixed(ids), Values::Fixed(parents)) = (&ids.values, &parents.values) else {
            return missing;
        };
        let (mut ids, mut parents) = (ids.as_chunks().0, parents.as_chunks().0);
        for of_trace in items.trace.chunk_by(|one, next| one == next) {
            let (own, own_parents);
            (own, ids) = ids.split_at(of_trace.len());
            (own_parents, parents) = parents.split_at(of_trace.len());
            if let Some(missing) = missing.get_mut(of_trace[0] as usize) {
                *missing = self.is_missing(own, own_parents);
            }
        }
        missing
    }

    /// The same for traces that no policy is asked about.
    pub(super) fn read(&mut self, payload: &Payload, rows: &[TraceRow]) -> Vec<bool> {
        match Plan::for_policies(Self::fields()) {
            Ok(plan) => self.missing(&plan.extract_traces(payload, rows, 0)),
            // It is a plan that can be had; this is for the compiler.
            Err(_) => vec![false; rows.len()],
        }
    }

    fn is_missing(&mut self, ids: &[SpanId], parents: &[SpanId]) -> bool {
        let mut named = parents.iter().filter(|parent| **parent != SpanId::default());
        if ids.len() <= FEW {
            return named.any(|parent| !ids.contains(parent));
        }
        // What one huge trace took is not kept for ever, nor cleared again and again.
        if self.ids.capacity() > 8 * ids.len() {
            self.ids = HashSet::default();
        }
        self.ids.clear();
        self.ids.extend(ids);
        named.any(|parent| !self.ids.contains(parent))
    }
}

#[cfg(test)]
#[path = "parents_tests.rs"]
mod tests;
