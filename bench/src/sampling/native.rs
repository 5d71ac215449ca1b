//! The policies of the guide without plugins: the same votes over the same columns, as a host that had them built in
//! would make them. They give no reasons, which the plugins do.

use std::sync::Arc;

use anyhow::{Context, Result};
use sluice_otlp::columns::{Batch, Field, Intrinsic, Selection, Table, TraceTables, Values};
use sluice_plugin::{Verdicts, Vote};
use sluice_sampling::{LeafGeneration, LeafPolicy};

/// OTLP's `STATUS_CODE_ERROR`.
const ERROR: u8 = 2;
/// The Collector's salt where none is set.
const SALT: &[u8] = b"default-hash-seed";

/// A policy of the guide.
#[derive(Clone, Copy, Debug)]
pub(super) enum Native {
    /// A span failed.
    Errors,
    /// From the first start to the last end, in ms.
    Latency { threshold_ms: u64 },
    /// A hash of the trace id is at most this.
    Probabilistic { limit: u64 },
}

impl Native {
    /// What keeps this share of traces, 0 to 1.
    pub(super) fn probabilistic(share: f64) -> Self {
        Self::Probabilistic { limit: (u64::MAX as f64 * share) as u64 }
    }

    pub(super) fn policy(self) -> Arc<dyn LeafPolicy> {
        let items = |intrinsic| Field::Intrinsic(Table::Items, intrinsic);
        let fields = match self {
            Self::Errors => vec![items(Intrinsic::StatusCode)],
            Self::Latency { .. } => vec![items(Intrinsic::Start), items(Intrinsic::End)],
            Self::Probabilistic { .. } => vec![Field::Intrinsic(Table::Traces, Intrinsic::TraceId)],
        };
        Arc::new(Policy(Arc::new(Generation { native: self, fields })))
    }
}

#[derive(Debug)]
struct Policy(Arc<Generation>);

impl LeafPolicy for Policy {
    fn name(&self) -> &str {
        match self.0.native {
            Native::Errors => "errors",
            Native::Latency { .. } => "latency",
            Native::Probabilistic { .. } => "probabilistic",
        }
    }

    fn current(&self) -> Arc<dyn LeafGeneration> {
        Arc::clone(&self.0) as Arc<dyn LeafGeneration>
    }
}

#[derive(Debug)]
struct Generation {
    native: Native,
    fields: Vec<Field>,
}

impl LeafGeneration for Generation {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn is_stateful(&self) -> bool {
        false
    }

    fn epoch(&self) -> u64 {
        1
    }

    fn decide(&self, tables: &TraceTables, selection: &Selection, traces: &[u32]) -> Verdicts {
        let batch = tables.view(selection, traces);
        let mut verdicts = Verdicts::all(Vote::NotSampled, traces.len());
        if self.vote(&batch, &mut verdicts.votes).is_err() {
            verdicts.votes.fill(Vote::Error);
        }
        verdicts
    }
}

impl Generation {
    fn vote(&self, batch: &Batch, votes: &mut [Vote]) -> Result<()> {
        let wanted = self.fields.first().map(Field::table);
        let rows = batch.tables.iter().find(|rows| Some(rows.table) == wanted).context("no table")?;
        let column = |number: usize| rows.columns.get(number).map(|column| &column.values);
        match (self.native, column(0).context("no column")?) {
            (Native::Errors, Values::U8s(codes)) => {
                let failed = rows.trace.iter().zip(codes).filter(|(_, code)| **code == ERROR);
                failed.for_each(|(&trace, _)| votes[trace as usize] = Vote::Sampled);
            }
            (Native::Latency { threshold_ms }, Values::U64s(starts)) => {
                let Some(Values::U64s(ends)) = column(1) else { anyhow::bail!("no ends") };
                let mut times = vec![(u64::MAX, 0); votes.len()];
                for ((&trace, start), end) in rows.trace.iter().zip(starts).zip(ends) {
                    let (first, last) = &mut times[trace as usize];
                    (*first, *last) = ((*first).min(*start), (*last).max(*end));
                }
                for (vote, (first, last)) in votes.iter_mut().zip(times) {
                    let is_slow = last.saturating_sub(first) / 1_000_000 > threshold_ms;
                    *vote = if is_slow { Vote::Sampled } else { Vote::NotSampled };
                }
            }
            (Native::Probabilistic { limit }, Values::Fixed(ids)) => {
                let salted = fnv(0xcbf2_9ce4_8422_2325, SALT);
                for (vote, id) in votes.iter_mut().zip(ids.chunks_exact(16)) {
                    *vote = if fnv(salted, id) <= limit { Vote::Sampled } else { Vote::NotSampled };
                }
            }
            (native, values) => anyhow::bail!("{native:?} was given {values:?}"),
        }
        Ok(())
    }
}

/// FNV-1a of 64 bits.
fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
