//! Every key that a configuration may have, as documentation.

use crate::components::processors::tail_sampling::POLICY_KEYS;
use crate::components::section::boundary::{CONNECTORS, EXPORTERS, EXTENSIONS, PROCESSORS, RECEIVERS};
use crate::config::Config;
use crate::decode::key::Status;
use crate::decode::{Block, Key};
use crate::service::PIPELINE_KEYS;

/// A key that a configuration may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceEntry {
    /// Its place, like `exporters::load_balancing::resolver::dns::interval`.
    pub path: String,
    /// Whether it is Sluice's own, which the Collector does not know.
    pub own: bool,
    /// What happens to it.
    pub treatment: Treatment,
}

/// What happens to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It is read.
    Served {
        /// The type of its value, for people.
        form: &'static str,
        /// What stands without it: YAML, or words in parentheses.
        default: &'static str,
        /// What it does.
        note: &'static str,
    },
    /// It is an error, with this advice.
    Refused(&'static str),
    /// It is a warning, with this reason.
    Inert(&'static str),
}

/// All keys that the code knows by name, block by block. Where a component has several names, only the
/// Collector's present one is listed; `NAME` stands for what the file's author chooses.
#[must_use]
pub fn reference() -> Vec<ReferenceEntry> {
    let mut entries = Vec::new();
    for section in [&RECEIVERS, &PROCESSORS, &EXPORTERS, &EXTENSIONS, &CONNECTORS] {
        for served in section.served.iter().filter(|served| !served.alias) {
            add_all(served.keys, &format!("{}::{}", section.name, served.kind), false, &mut entries);
        }
        if section.name == PROCESSORS.name {
            add_all(POLICY_KEYS, "processors::tail_sampling::policies", false, &mut entries);
        }
    }
    for key in Config::KEYS {
        if let Status::Block(keys) = key.status {
            add_all(keys, key.name, key.own, &mut entries);
        }
    }
    add_all(PIPELINE_KEYS, "service::pipelines::NAME", false, &mut entries);
    entries
}

fn add_all(keys: &[Key], path: &str, own: bool, entries: &mut Vec<ReferenceEntry>) {
    for key in keys {
        let path = format!("{path}::{}", key.name);
        let own = own || key.own;
        let treatment = match key.status {
            Status::Block(keys) => {
                add_all(keys, &path, own, entries);
                continue;
            }
            Status::Served(meaning) => {
                Treatment::Served { form: meaning.form, default: meaning.default, note: meaning.note }
            }
            Status::Refused(advice) => Treatment::Refused(advice),
            Status::Inert(reason) => Treatment::Inert(reason),
        };
        entries.push(ReferenceEntry { path, own, treatment });
    }
}
