//! Lists and maps: those of the telemetry, read as they are looked at, and those that conditions make.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::Value;

/// A list or a map of the telemetry, in its encoded form.
pub trait Nested<'a>: Copy {
    /// Its values in their order, each with its key; a list's have the key "". Keys may come twice.
    fn entries(self) -> impl Iterator<Item = (&'a [u8], Value<'a, Self>)>;
}

/// Values in a row.
#[derive(Clone, Debug)]
pub enum List<'a, N> {
    /// As they lie in the telemetry.
    Encoded(N),
    /// As they were made.
    Made(Vec<Value<'a, N>>),
}

impl<'a, N: Nested<'a>> List<'a, N> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Encoded(encoded) => encoded.entries().count(),
            Self::Made(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Encoded(encoded) => encoded.entries().next().is_none(),
            Self::Made(values) => values.is_empty(),
        }
    }

    /// The value at an index, from 0.
    pub(crate) fn take(self, index: usize) -> Option<Value<'a, N>> {
        match self {
            Self::Encoded(encoded) => encoded.entries().nth(index).map(|(_, value)| value),
            Self::Made(values) => values.into_iter().nth(index),
        }
    }

    /// Visits each value until one breaks.
    pub(crate) fn each<B>(&self, mut visit: impl FnMut(&Value<'a, N>) -> ControlFlow<B>) -> Option<B> {
        match self {
            Self::Encoded(encoded) => {
                encoded.entries().try_for_each(|(_, value)| visit(&value)).break_value()
            }
            Self::Made(values) => values.iter().try_for_each(visit).break_value(),
        }
    }
}

/// Values by key.
#[derive(Clone, Debug)]
pub enum Map<'a, N> {
    /// As they lie in the telemetry.
    Encoded(N),
    /// As they were made. No key comes twice.
    Made(Vec<(Cow<'a, [u8]>, Value<'a, N>)>),
}

impl<'a, N: Nested<'a>> Map<'a, N> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Encoded(encoded) => encoded.entries().count(),
            Self::Made(entries) => entries.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Encoded(encoded) => encoded.entries().next().is_none(),
            Self::Made(entries) => entries.is_empty(),
        }
    }

    /// The value of a key; of the first one, where it comes twice.
    pub(crate) fn take(self, key: &[u8]) -> Option<Value<'a, N>> {
        match self {
            Self::Encoded(encoded) => get(encoded, key),
            Self::Made(entries) => {
                entries.into_iter().find(|(name, _)| **name == *key).map(|(_, value)| value)
            }
        }
    }

    /// Visits each key with its value until one breaks.
    pub(crate) fn each<B>(
        &self,
        mut visit: impl FnMut(&Cow<'a, [u8]>, &Value<'a, N>) -> ControlFlow<B>,
    ) -> Option<B> {
        match self {
            Self::Encoded(encoded) => encoded
                .entries()
                .try_for_each(|(key, value)| visit(&Cow::Borrowed(key), &value))
                .break_value(),
            Self::Made(entries) => {
                entries.iter().try_for_each(|(key, value)| visit(key, value)).break_value()
            }
        }
    }
}

fn get<'a, N: Nested<'a>>(map: N, key: &[u8]) -> Option<Value<'a, N>> {
    map.entries().find(|(name, _)| *name == key).map(|(_, value)| value)
}
