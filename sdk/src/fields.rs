//! What a stage of a routing key, or a policy, wants to see.

use std::fmt;
use std::marker::PhantomData;

use crate::bindings::sluice::plugin::columns::{self, AttributeOf, IntrinsicOf, ValueType};
use crate::field::Field;
use crate::intrinsic::Intrinsic;
use crate::table::{HasAttributes, Requests, Sees, Table};
use crate::value::{Any, Attributes, Boolean, Double, Int, Large, Shape, Text, Value};

/// A field that was asked for: what the host has to give.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) table: columns::Table,
    pub(crate) column: usize,
    pub(crate) shape: Shape,
}

/// The fields that `K` wants: a table that a stage keys, or a policy's
/// [`WholeTrace`](crate::policy::WholeTrace).
///
/// Each method declares a field and gives the handle by which rows read it. The same field twice is one
/// column.
pub struct Fields<K> {
    declared: Vec<columns::Field>,
    wanted: Vec<Wanted>,
    of: PhantomData<K>,
}

impl<K> fmt::Debug for Fields<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.declared).finish()
    }
}

impl<K> Fields<K> {
    pub(crate) fn new() -> Self {
        Self { declared: Vec::new(), wanted: Vec::new(), of: PhantomData }
    }

    /// The fields in the words of the contract, and what the host has to give for them.
    pub(crate) fn into_parts(self) -> (Vec<columns::Field>, Vec<Wanted>) {
        (self.declared, self.wanted)
    }

    /// An attribute that is text; one of another type reads as `""`.
    pub fn text<T: HasAttributes>(&mut self, _: T, key: &str) -> Field<K, T, Text>
    where
        K: Sees<T>,
    {
        self.attribute(key, ValueType::Text)
    }

    /// An attribute that is a whole number; one of another type reads as 0.
    pub fn int<T: HasAttributes>(&mut self, _: T, key: &str) -> Field<K, T, Int>
    where
        K: Sees<T>,
    {
        self.attribute(key, ValueType::Int)
    }

    /// An attribute that is a floating-point number; one of another type reads as 0.
    pub fn double<T: HasAttributes>(&mut self, _: T, key: &str) -> Field<K, T, Double>
    where
        K: Sees<T>,
    {
        self.attribute(key, ValueType::Double)
    }

    /// An attribute that is true or false; one of another type reads as false.
    pub fn boolean<T: HasAttributes>(&mut self, _: T, key: &str) -> Field<K, T, Boolean>
    where
        K: Sees<T>,
    {
        self.attribute(key, ValueType::Boolean)
    }

    /// An attribute of any type.
    pub fn any<T: HasAttributes>(&mut self, _: T, key: &str) -> Field<K, T, Any>
    where
        K: Sees<T>,
    {
        self.attribute(key, ValueType::Any)
    }

    /// All attributes, in the order in which they were sent.
    pub fn attributes<T: HasAttributes>(&mut self, _: T) -> Field<K, T, Attributes>
    where
        K: Sees<T>,
    {
        self.declare(columns::Field::Attributes(T::TABLE))
    }

    /// A field that OTLP defines, from [`intrinsic`](crate::intrinsic).
    pub fn intrinsic<T: Table, V: Value>(&mut self, _: T, intrinsic: Intrinsic<V>) -> Field<K, T, V>
    where
        K: Sees<T>,
    {
        self.declare(columns::Field::Intrinsic(IntrinsicOf { table: T::TABLE, intrinsic: intrinsic.raw }))
    }

    /// A header of the request, such as `x-tenant`; several values are joined by a comma. Case does not
    /// matter in its name.
    pub fn header(&mut self, name: &str) -> Field<K, Requests, Text>
    where
        K: Sees<Requests>,
    {
        self.declare(columns::Field::Metadata(name.to_ascii_lowercase()))
    }

    /// The client's connection: the same number for all requests that came over it.
    pub fn connection(&mut self) -> Field<K, Requests, Large>
    where
        K: Sees<Requests>,
    {
        self.declare(columns::Field::Connection)
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
        if let Some(known) = self.declared.iter().position(|known| *known == field) {
            return Field::new(self.wanted[known].column);
        }
        let column = self.wanted.iter().filter(|wanted| wanted.table == T::TABLE).count();
        self.declared.push(field);
        self.wanted.push(Wanted { table: T::TABLE, column, shape: V::SHAPE });
        Field::new(column)
    }
}
