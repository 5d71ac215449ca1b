//! What stands beside the pipelines.

mod health_check;

pub use health_check::HealthCheck;

use super::section::Component;
use super::section::boundary::{self, Section};
use crate::decode::{Node, Read};

/// An extension of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum ExtensionConfig {
    /// Answers probes.
    HealthCheck(HealthCheck),
}

impl Component for ExtensionConfig {
    const SECTION: &'static Section = &boundary::EXTENSIONS;

    fn read_kind(kind: &str, node: &Node<'_>) -> Option<Self> {
        match kind {
            "health_check" => {
                let mut health_check = HealthCheck::default();
                health_check.read(node);
                Some(Self::HealthCheck(health_check))
            }
            _ => None,
        }
    }
}
