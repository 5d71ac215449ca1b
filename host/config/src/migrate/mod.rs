//! Any Collector's configuration, parted into the half that Sluice runs and the half that stays outside, with OTLP
//! between them.
//!
//! `input` reads what there is, `side` says of each component whether Sluice has it, `plan` cuts every pipeline where
//! it passes from one half to another, `hops` names the OTLP connections between the halves, `half` writes each half out, and
//! `trim` takes away the keys that a half does not know.
//!
//! A processor keeps its place in the order of its pipeline: what stands before `tail_sampling` or
//! `load_balancing` runs before Sluice, what stands behind it runs after. References like `${env:NAME}` stay as they are.

mod half;
mod hops;
mod input;
mod plan;
mod side;
mod trim;

use std::collections::BTreeSet;

use crate::config::Config;
use crate::decode::Context;
use crate::findings::Findings;
use crate::load::{self, Variables};
use crate::source::Source;
use input::Input;
use plan::Plan;

/// Where a part of a configuration runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Half {
    /// A Collector that sends OTLP to Sluice.
    Before,
    /// Sluice.
    Sluice,
    /// A Collector that Sluice sends OTLP to.
    After,
}

impl Half {
    /// All of them, in the order in which data flows.
    pub const ALL: [Self; 3] = [Self::Before, Self::Sluice, Self::After];

    /// The name of its file.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Before => "before.yaml",
            Self::Sluice => "sluice.yaml",
            Self::After => "after.yaml",
        }
    }

    /// What it is, in a sentence.
    #[must_use]
    pub const fn note(self) -> &'static str {
        match self {
            Self::Before => "for the Collectors before tier 1, which send OTLP to Sluice",
            Self::Sluice => "for Sluice",
            Self::After => "for the Collectors after tier 2, which Sluice sends OTLP to",
        }
    }
}

/// A half as YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where it runs.
    pub half: Half,
    /// The text of its file.
    pub yaml: String,
    /// Its pipelines, each in a line: `traces: otlp -> batch -> load_balancing`.
    pub pipelines: Vec<String>,
}

/// Where a component of the configuration went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its place, like `processors::batch`.
    pub path: String,
    /// The halves that have it; none when it was left out.
    pub halves: BTreeSet<Half>,
    /// Why.
    pub because: String,
}

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The half that it is in.
    pub half: Half,
    /// The key or component; empty for the half as a whole.
    pub path: String,
    /// What has changed, or has to be looked after.
    pub message: String,
}

/// A configuration in its halves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The halves that have anything in them.
    pub halves: Vec<Written>,
    /// Every component, in the order of the file.
    pub components: Vec<Placed>,
    /// What is not as it was.
    pub changes: Vec<Change>,
}

impl Config {
    /// Parts a Collector's configuration, later sources over earlier ones. It needs not be one that Sluice can run.
    ///
    /// # Errors
    /// What keeps it from being read: text that is no YAML, references to components that are not there.
    pub fn migrate(sources: &[Source], environment: Variables<'_>) -> Result<Migration, Findings> {
        let context = Context::new(sources);
        let input =
            load::gather(sources, environment, &context).map(|document| Input::read(&document, &context));
        let findings = context.take().findings;
        match input {
            Some(input) if findings.errors() == 0 => Ok(migrated(&input)),
            _ => Err(findings),
        }
    }
}

fn migrated(input: &Input) -> Migration {
    let plan = Plan::of(input);
    let mut changes = plan.changes.clone();
    let mut halves = Vec::new();
    let mut homes = half::Homes::new();
    for half in Half::ALL {
        halves.extend(half::write(half, input, &plan, &mut homes, &mut changes));
    }
    if halves.len() > 1 {
        let message = "each half is a process of its own: where two run on one machine, give one of them other addresses \
                       for its metrics (8888 by default) and for health_check";
        changes.push(Change { half: Half::Sluice, path: String::new(), message: message.to_owned() });
    }
    let components = half::placed(input, &homes);
    changes.sort();
    changes.dedup();
    Migration { halves, components, changes }
}
