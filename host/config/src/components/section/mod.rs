//! The sections of a configuration that hold components: `receivers`, `processors`, `exporters`,
//! `extensions`, `connectors`.

pub(crate) mod boundary;
mod outside;

use std::collections::{BTreeMap, BTreeSet};

use boundary::{Boundary, Section};

use crate::decode::Node;
use crate::findings::nearest::nearest;
use crate::types::id::ComponentId;

/// Components of one section under their ids.
pub type Components<T> = BTreeMap<ComponentId, T>;

/// What a section can hold.
pub(crate) trait Component: Sized {
    /// What is known of its kinds.
    const SECTION: &'static Section;

    /// Reads a component of a kind that the section serves.
    fn read_kind(kind: &str, node: &Node<'_>) -> Option<Self>;
}

/// A section as it was read: what is good in it, and all ids that it defines, good or not.
pub(crate) struct Defined<'a, T> {
    pub(crate) components: Components<T>,
    pub(crate) ids: Vec<(ComponentId, Node<'a>)>,
}

impl<T> Default for Defined<'_, T> {
    fn default() -> Self {
        Self { components: Components::new(), ids: Vec::new() }
    }
}

impl<'a, T: Component> Defined<'a, T> {
    /// Reads every component of a section.
    pub(crate) fn read(section: &Node<'a>) -> Self {
        let mut defined = Self::default();
        let mut known = BTreeSet::new();
        for (written, node) in section.entries().unwrap_or_default() {
            match ComponentId::parse(written) {
                Err(message) => node.error(message),
                Ok(id) if !known.insert(id.clone()) => {
                    node.error(format!("`{id}` is defined twice"));
                }
                Ok(id) => defined.add(id, node),
            }
        }
        defined
    }

    fn add(&mut self, id: ComponentId, node: Node<'a>) {
        let component = match T::SECTION.place_of(id.kind()) {
            Some(Boundary::Served) => T::read_kind(id.kind(), &node),
            place => {
                report(T::SECTION, id.kind(), place, &node);
                None
            }
        };
        if let Some(component) = component {
            self.components.insert(id.clone(), component);
        }
        self.ids.push((id, node));
    }
}

fn report(section: &Section, kind: &str, place: Option<Boundary>, node: &Node<'_>) {
    let what = section.one;
    match place {
        Some(Boundary::Served) => {}
        Some(Boundary::Later) => {
            node.error(format!("the {kind} {what} is not served yet; it comes with a later release"));
        }
        Some(Boundary::Inert(reason)) => {
            node.warning(format!("the {kind} {what} changes nothing: {reason}"));
        }
        Some(Boundary::Outside(place)) => {
            node.error(format!("the {kind} {what} is outside of Sluice: {place}"));
        }
        None => {
            let meant = nearest(kind, section.kinds().map(|(known, _)| known));
            let served: Vec<_> = section.served.iter().map(|served| served.kind).collect();
            let message = if served.is_empty() {
                format!("unknown {what} `{kind}`")
            } else {
                format!("unknown {what} `{kind}`; served are: {}", served.join(", "))
            };
            node.error_with(message, meant);
        }
    }
}
