//! What happens to data on its way.

mod batch;
mod memory_limiter;

pub use batch::Batch;
pub use memory_limiter::MemoryLimiter;

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
            _ => None,
        }
    }
}
