//! What a routing key declares: the fields that it wants, and how rows become keys.

use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::Signal;
use crate::batch::Batch;
use crate::bindings::sluice::plugin::columns::{self, AttributeOf, IntrinsicOf, ValueType};
use crate::bindings::{self, Missing};
use crate::field::Field;
use crate::intrinsic::Intrinsic;
use crate::keys::{KeyWriter, Keys};
use crate::rows::{Row, Rows};
use crate::table::{HasAttributes, Requests, Table, Within};
use crate::value::{Any, Attributes, Boolean, Double, Int, Large, Shape, Text, Value};

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

/// A field that a stage asked for: what the host has to give.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) table: columns::Table,
    pub(crate) column: usize,
    pub(crate) shape: Shape,
}

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
    pub fn stage<K: Table>(&mut self, _: K) -> Stage<'_, K> {
        Stage { plan: self, fields: Vec::new(), wanted: Vec::new(), keyed: PhantomData }
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
/// Each method but the last two declares a field and gives the handle that [`Row::get`] takes. Fields
/// are of the keyed table or of one above it.
#[must_use = "a stage counts only once `key` or `keys` was called"]
pub struct Stage<'a, K> {
    plan: &'a mut Plan,
    fields: Vec<columns::Field>,
    wanted: Vec<Wanted>,
    keyed: PhantomData<K>,
}

impl<K: Table> Stage<'_, K> {
    /// An attribute that is text; one of another type reads as `""`.
    pub fn text<T: HasAttributes>(&mut self, _: T, key: &str) -> Field<K, T, Text>
    where
        K: Within<T>,
    {
        self.attribute(key, ValueType::Text)
    }

    /// An attribute that is a whole number; one of another type reads as 0.
    pub fn int<T: HasAttributes>(&mut self, _: T, key: &str) -> Field<K, T, Int>
    where
        K: Within<T>,
    {
        self.attribute(key, ValueType::Int)
    }

    /// An attribute that is a floating-point number; one of another type reads as 0.
    pub fn double<T: HasAttributes>(&mut self, _: T, key: &str) -> Field<K, T, Double>
    where
        K: Within<T>,
    {
        self.attribute(key, ValueType::Double)
    }

    /// An attribute that is true or false; one of another type reads as false.
    pub fn boolean<T: HasAttributes>(&mut self, _: T, key: &str) -> Field<K, T, Boolean>
    where
        K: Within<T>,
    {
        self.attribute(key, ValueType::Boolean)
    }

    /// An attribute of any type.
    pub fn any<T: HasAttributes>(&mut self, _: T, key: &str) -> Field<K, T, Any>
    where
        K: Within<T>,
    {
        self.attribute(key, ValueType::Any)
    }

    /// All attributes, in the order in which they were sent.
    pub fn attributes<T: HasAttributes>(&mut self, _: T) -> Field<K, T, Attributes>
    where
        K: Within<T>,
    {
        self.declare(columns::Field::Attributes(T::TABLE))
    }

    /// A field that OTLP defines, from [`intrinsic`](crate::intrinsic).
    pub fn intrinsic<T: Table, V: Value>(&mut self, _: T, intrinsic: Intrinsic<V>) -> Field<K, T, V>
    where
        K: Within<T>,
    {
        self.declare(columns::Field::Intrinsic(IntrinsicOf { table: T::TABLE, intrinsic: intrinsic.raw }))
    }

    /// A header of the request, such as `x-tenant`; several values are joined by a comma. Case does not
    /// matter in its name.
    pub fn header(&mut self, name: &str) -> Field<K, Requests, Text>
    where
        K: Within<Requests>,
    {
        self.declare(columns::Field::Metadata(name.to_ascii_lowercase()))
    }

    /// The client's connection: the same number for all requests that came over it.
    pub fn connection(&mut self) -> Field<K, Requests, Large>
    where
        K: Within<Requests>,
    {
        self.declare(columns::Field::Connection)
    }

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
        let Self { plan, fields, wanted, .. } = self;
        plan.stages.push(Declared { keyed: K::TABLE, fields, wanted, keys });
    }

    fn attribute<T: Table, V: Value>(&mut self, key: &str, value_type: ValueType) -> Field<K, T, V> {
        self.declare(columns::Field::Attribute(AttributeOf {
            table: T::TABLE,
            key: key.to_owned(),
            value_type,
        }))
    }

    /// Declares a field, or finds it among those declared: one column of it is enough.
    fn declare<T: Table, V: Value>(&mut self, field: columns::Field) -> Field<K, T, V> {
        if let Some(known) = self.fields.iter().position(|known| *known == field) {
            return Field::new(self.wanted[known].column);
        }
        let column = self.wanted.iter().filter(|wanted| wanted.table == T::TABLE).count();
        self.fields.push(field);
        self.wanted.push(Wanted { table: T::TABLE, column, shape: V::SHAPE });
        Field::new(column)
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
