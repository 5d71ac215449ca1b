//! What a policy declares.

use std::fmt;

use serde::de::DeserializeOwned;

use super::due::Due;
use super::votes::Votes;
use crate::Signal;
use crate::bindings::policy::{self as wit, Bucket, Options};
use crate::bindings::sluice::plugin::columns;
use crate::fields::Wanted;
use crate::settings;

/// A policy. The implementing type is its settings.
///
/// By convention settings `#[serde(deny_unknown_fields)]`, so that a misspelt one is an error that names it.
pub trait Policy: DeserializeOwned {
    /// The name that a configuration uses as `type`, and that of the `.wasm` file.
    const NAME: &'static str;

    /// The settings as JSON Schema; empty where there are none.
    const SETTINGS: &'static str = "";

    /// What it votes on.
    const SIGNALS: &'static [Signal] = &[Signal::Traces];

    /// Declares what the policy wants to see, and how it votes: with [`Inputs`](super::Inputs).
    ///
    /// # Errors
    /// What is wrong with the settings, in words for their author: which, what it is, and what it may be.
    fn plan(self, options: Options) -> Result<Plan, String>;
}

type VotesOf = Box<dyn Fn(&Due) -> Result<Votes, String>>;

/// The fields and quotas that a policy wants, and how it votes.
pub struct Plan {
    fields: Vec<columns::Field>,
    wanted: Vec<Wanted>,
    quotas: Vec<Bucket>,
    votes: VotesOf,
}

impl Plan {
    /// Reads settings, and has the policy plan.
    pub(crate) fn of<P: Policy>(settings: &str, options: Options) -> Result<Self, String> {
        if !P::SIGNALS.contains(&options.signal) {
            return Err(format!("{} does not vote on {}", P::NAME, options.signal));
        }
        settings::parse::<P>(settings)?.plan(options)
    }

    pub(super) fn new(
        fields: Vec<columns::Field>,
        wanted: Vec<Wanted>,
        quotas: Vec<Bucket>,
        votes: VotesOf,
    ) -> Self {
        Self { fields, wanted, quotas, votes }
    }

    /// The plan in the words of the contract.
    pub(crate) fn to_raw(&self) -> wit::Inputs {
        wit::Inputs { fields: self.fields.clone(), quotas: self.quotas.clone() }
    }

    /// Votes on the traces of a batch.
    pub(crate) fn decide(&self, batch: columns::Batch) -> Result<Votes, String> {
        (self.votes)(&Due::new(batch, &self.wanted)?)
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("fields", &self.fields).field("quotas", &self.quotas).finish()
    }
}
