use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::output::Output;
use super::value::Value;
use crate::schema::{Member, Message};

/// The fields of a message, without tag and length.
///
/// Nesting needs no bound of ours: serde_json reads 128 levels, and since a message inside another one takes
/// more than one level, what comes out stays below the 100 messages that the scanner takes.
pub(super) struct Content<'a> {
    pub(super) schema: &'static Message,
    pub(super) output: &'a mut Output,
}

impl<'de> DeserializeSeed<'de> for Content<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Content<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(member) = map.next_key_seed(Key { schema: self.schema })? {
            let Some(member) = member else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            self.output.enter(member.name);
            map.next_value_seed(Value { member, output: self.output })?;
            self.output.leave()?;
        }
        Ok(())
    }
}

/// Which field a key names, if the message has it.
struct Key {
    schema: &'static Message,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<&'static Member>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        // As bytes, so that a key that is no Unicode text is an unknown one.
        reader.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<&'static Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_bytes<E: Error>(self, key: &[u8]) -> Result<Self::Value, E> {
        Ok(self.schema.member(key))
    }
}
