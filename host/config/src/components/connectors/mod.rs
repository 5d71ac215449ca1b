//! What joins pipelines: an exporter of one, and a receiver of another.

mod forward;

use super::section::Component;
use super::section::boundary::{self, Section};
use crate::decode::{Node, Read};

/// A connector of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum ConnectorConfig {
    /// Hands on what it is given, as it is.
    Forward,
}

impl Component for ConnectorConfig {
    const SECTION: &'static Section = &boundary::CONNECTORS;

    fn read_kind(kind: &str, node: &Node<'_>) -> Option<Self> {
        match kind {
            "forward" => {
                forward::Forward.read(node);
                Some(Self::Forward)
            }
            _ => None,
        }
    }
}
