//! What happens to data on its way.

mod batch;
mod memory_limiter;
pub(crate) mod tail_sampling;

pub use batch::{Batch, BatchAck};
pub use memory_limiter::MemoryLimiter;
pub use tail_sampling::{
    CompositeSub, DecisionCache, Explain, Overflow, PolicyConfig, PolicyKind, PolicyMode, PolicyOnError,
    SamplingStrategy, TailSampling,
};

use super::section::Component;
use super::section::boundary::{self, Section};
use crate::decode::{Node, Read};

/// A processor of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum ProcessorConfig {
    /// Gathers small requests into larger ones.
    Batch(Batch),
    /// Refuses requests while memory is short.
    MemoryLimiter(MemoryLimiter),
    /// Gathers traces, and keeps those that its policies choose.
    TailSampling(Box<TailSampling>),
}

impl Component for ProcessorConfig {
    const SECTION: &'static Section = &boundary::PROCESSORS;

    fn read_kind(kind: &str, node: &Node<'_>) -> Option<Self> {
        match kind {
            "batch" => {
                let mut batch = Batch::default();
                batch.read(node);
                Some(Self::Batch(batch))
            }
            "memory_limiter" => {
                let mut limiter = MemoryLimiter::default();
                limiter.read(node);
                Some(Self::MemoryLimiter(limiter))
            }
            "tail_sampling" => {
                let mut sampling = TailSampling::default();
                sampling.read(node);
                Some(Self::TailSampling(Box::new(sampling)))
            }
            _ => None,
        }
    }
}
