//! What a routing key declares: the fields that it wants, and how rows become keys.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;

use crate::Signal;
use crate::batch::Batch;
use crate::bindings::sluice::plugin::columns;
use crate::bindings::{self, Missing};
use crate::fields::{Fields, Wanted};
use crate::keys::{KeyWriter, Keys};
use crate::rows::{Row, Rows};
use crate::table::Keyed;

/// A routing key. The implementing type is its settings.
///
/// By convention settings `#[serde(deny_unknown_fields)]`, so that a misspelt one is an error that
/// names it.
pub trait RoutingKey: DeserializeOwned {
    /// The name that a configuration uses, and that of the `.wasm` file.
    const NAME: &'static str;

    /// The settings as JSON Schema; empty where there are none.
    const SETTINGS: &'static str = "";

    /// Declares what the key wants to see of a signal, and how it is made.
    ///
    /// # Errors
    /// What is wrong with the settings, in words for their author; or that the key does not serve
    /// this signal.
    fn plan(self, signal: Signal) -> Result<Plan, String>;
}

type KeysOf = Box<dyn Fn(Batch) -> Result<Keys, String>>;

/// A stage that is complete.
pub(crate) struct Declared {
    keyed: columns::Table,
    fields: Vec<columns::Field>,
    wanted: Vec<Wanted>,
    keys: KeysOf,
}

/// One to eight stages, in each of which a table's rows get keys.
///
/// A row without a key is asked for again in the next stage, by its descendants in that stage's table:
/// look at the few rows of a table high up first, and below only where that did not do.
pub struct Plan {
    missing: Missing,
    stages: Vec<Declared>,
}

impl Plan {
    /// A plan without stages; `missing` says what becomes of rows that the last one leaves without a key.
    #[must_use]
    pub fn new(missing: Missing) -> Self {
        Self { missing, stages: Vec::new() }
    }

    /// Begins the next stage, which keys the rows of a table. It counts once it is told how, with
    /// [`Stage::key`] or [`Stage::keys`]. Each stage keys a table below that of the one before.
    pub fn stage<K: Keyed>(&mut self, _: K) -> Stage<'_, K> {
        Stage { plan: self, fields: Fields::new() }
    }

    /// The plan in the words of the contract.
    pub(crate) fn to_raw(&self) -> bindings::Plan {
        let stages = self.stages.iter();
        let stages = stages.map(|stage| bindings::Stage { keyed: stage.keyed, fields: stage.fields.clone() });
        bindings::Plan { stages: stages.collect(), missing: self.missing }
    }

    /// Runs a stage.
    pub(crate) fn keys(&self, stage: u32, batch: columns::Batch) -> Result<Keys, String> {
        let stage =
            self.stages.get(stage as usize).ok_or_else(|| format!("the plan has no stage {stage}"))?;
        (stage.keys)(Batch::new(batch, stage.keyed, &stage.wanted)?)
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("missing", &self.missing).field("stages", &self.stages.len()).finish()
    }
}

/// A stage in the making, which keys the rows of `K`.
///
/// Its fields, which it is used as, are of the keyed table or of one above it.
#[must_use = "a stage counts only once `key` or `keys` was called"]
pub struct Stage<'a, K> {
    plan: &'a mut Plan,
    fields: Fields<K>,
}

impl<K> Deref for Stage<'_, K> {
    type Target = Fields<K>;

    fn deref(&self) -> &Fields<K> {
        &self.fields
    }
}

impl<K> DerefMut for Stage<'_, K> {
    fn deref_mut(&mut self) -> &mut Fields<K> {
        &mut self.fields
    }
}

impl<K: Keyed> Stage<'_, K> {
    /// Ends the stage: `key` is called for each row and writes its key.
    pub fn key(self, key: impl Fn(Row<'_, K>, &mut KeyWriter) + 'static) {
        self.keys(move |rows| Ok(Keys::for_each(rows.iter(), &key)));
    }

    /// Ends the stage: `keys` is called with all rows of a batch, and gives as many keys.
    ///
    /// For keys that are a column as it is ([`Rows::take`]), and for those that work something out once
    /// for each row of a table above. An error is one for the whole batch; the host then asks again for
    /// halves of it, to find the items at fault.
    pub fn keys(self, keys: impl Fn(Rows<K>) -> Result<Keys, String> + 'static) {
        let keys: KeysOf = Box::new(move |batch| keys(Rows::new(batch)));
        let Self { plan, fields } = self;
        let (fields, wanted) = fields.into_parts();
        plan.stages.push(Declared { keyed: K::TABLE, fields, wanted, keys });
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
