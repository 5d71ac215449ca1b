//! What happens to data on its way.

mod batch;

pub use batch::Batch;

use super::section::Component;
use super::section::boundary::{self, Section};
use crate::decode::{Node, Read};

/// A processor of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum ProcessorConfig {
    /// Gathers small requests into larger ones.
    Batch(Batch),
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
            _ => None,
        }
    }
}
