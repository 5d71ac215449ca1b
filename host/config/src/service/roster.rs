use std::collections::BTreeSet;

use crate::components::section::boundary::{CONNECTORS, EXPORTERS, RECEIVERS, Section};
use crate::decode::{Node, Read};
use crate::findings::nearest::nearest;
use crate::types::id::ComponentId;

/// Of a section with more components than anybody has, so many are compared with an unknown one.
const MAX_CANDIDATES: usize = 500;

/// What the sections define, and what of it is used.
#[derive(Default)]
pub(crate) struct Roster {
    defined: BTreeSet<(&'static str, ComponentId)>,
    used: BTreeSet<(&'static str, ComponentId)>,
}

impl Roster {
    /// Notes that a section defines a component, be it good or not: a reference to it is no second error.
    pub(crate) fn define(&mut self, section: &Section, id: ComponentId) {
        self.defined.insert((section.name, id));
    }

    /// Whether anything refers to a component.
    pub(crate) fn is_used(&self, section: &Section, id: &ComponentId) -> bool {
        self.used.contains(&(section.name, id.clone()))
    }

    /// Whether a section defines a component.
    pub(crate) fn is_defined(&self, section: &Section, id: &ComponentId) -> bool {
        self.defined.contains(&(section.name, id.clone()))
    }

    /// The section that a reference leads to: a connector stands where receivers and exporters do.
    fn home_of(&self, section: &Section, id: &ComponentId) -> Option<&'static str> {
        let mut homes = [section.name, CONNECTORS.name].into_iter().filter(|home| is_home(section, home));
        homes.find(|home| self.defined.contains(&(*home, id.clone())))
    }

    /// Notes that a component is referred to which is not there, and which one was probably meant.
    pub(crate) fn note_missing(&self, section: &Section, id: &ComponentId, node: &Node<'_>) {
        if node.context.is_full() {
            return;
        }
        let candidates = self.ids_of(section).take(MAX_CANDIDATES);
        let meant = nearest(id.as_str(), candidates);
        node.error_with(format!("references {} `{id}` which is not configured", section.one), meant);
    }

    fn ids_of<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = &'a str> {
        self.defined.iter().filter(|(home, _)| is_home(section, home)).map(|(_, id)| id.as_str())
    }
}

/// Whether a reference to `section` may lead to the section `home`.
fn is_home(section: &Section, home: &str) -> bool {
    let is_end = [RECEIVERS.name, EXPORTERS.name].contains(&section.name);
    home == section.name || (home == CONNECTORS.name && is_end)
}

/// A list of ids that must be defined in one section.
pub(super) struct References<'a> {
    pub(super) section: &'static Section,
    pub(super) roster: &'a mut Roster,
    pub(super) ids: &'a mut Vec<ComponentId>,
}

impl Read for References<'_> {
    fn read(&mut self, node: &Node<'_>) {
        for item in node.items() {
            let mut written = String::new();
            written.read(&item);
            match ComponentId::parse(&written) {
                Ok(id) => self.refer(id, &item),
                Err(message) => item.error(message),
            }
        }
    }
}

impl References<'_> {
    fn refer(&mut self, id: ComponentId, item: &Node<'_>) {
        let Some(home) = self.roster.home_of(self.section, &id) else {
            return self.roster.note_missing(self.section, &id, item);
        };
        if self.ids.contains(&id) {
            item.warning(format!("`{id}` is listed twice; once counts"));
            return;
        }
        self.roster.used.insert((home, id.clone()));
        self.ids.push(id);
    }
}
