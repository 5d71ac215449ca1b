use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

use super::message::Content;
use super::number::Number;
use super::output::{Output, WireType};
use super::text::{Base64, Hex, Text};
use crate::schema::{Kind, Member};

/// The value of a field, or all of them where it is repeated; `null` is none.
pub(super) struct Value<'a> {
    pub(super) member: &'static Member,
    pub(super) output: &'a mut Output,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        let Self { member, output } = self;
        match (&member.kind, member.repeated) {
            (_, false) => Single { member, output }.deserialize(reader),
            (kind, true) if kind.is_number() => reader.deserialize_seq(Packed { member, output }),
            (_, true) => reader.deserialize_seq(List { member, output }),
        }
    }
}

/// One value, with its tag.
struct Single<'a> {
    member: &'static Member,
    output: &'a mut Output,
}

impl<'de> DeserializeSeed<'de> for Single<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        let Self { member, output } = self;
        output.tag(member.number, wire_type(&member.kind));
        match &member.kind {
            Kind::Message(schema) => {
                let open = output.open();
                Content { schema, output }.deserialize(reader)?;
                output.close(open);
                Ok(())
            }
            Kind::Text => reader.deserialize_bytes(Text { output }),
            Kind::TraceId => reader.deserialize_str(Hex::<16> { output }),
            Kind::SpanId => reader.deserialize_str(Hex::<8> { output }),
            Kind::Base64 => reader.deserialize_str(Base64 { output }),
            Kind::Bool => reader.deserialize_bool(Number { kind: &member.kind, output }),
            _ => reader.deserialize_any(Number { kind: &member.kind, output }),
        }
    }
}

fn wire_type(kind: &Kind) -> WireType {
    match kind {
        Kind::Message(_) | Kind::Text | Kind::TraceId | Kind::SpanId | Kind::Base64 => WireType::Bytes,
        Kind::Fixed32 => WireType::Fixed32,
        Kind::Fixed64 | Kind::SignedFixed64 | Kind::Double => WireType::Fixed64,
        Kind::Bool
        | Kind::Enum(_)
        | Kind::Int32
        | Kind::UInt32
        | Kind::ZigZag32
        | Kind::Int64
        | Kind::UInt64 => WireType::Varint,
    }
}

/// Messages or texts, each with a tag of its own. A `null` among messages is an empty one, as in the Collector:
/// what follows it keeps its place.
struct List<'a> {
    member: &'static Member,
    output: &'a mut Output,
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let Self { member, output } = self;
        for number in 0.. {
            output.element(number);
            if elements.next_element_seed(Element { member, output })?.is_none() {
                break;
            }
            output.check()?;
        }
        Ok(())
    }
}

struct Element<'a> {
    member: &'static Member,
    output: &'a mut Output,
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        match self.member.kind {
            Kind::Message(_) => {
                self.output.tag(self.member.number, WireType::Bytes);
                self.output.delimited(&[]);
                Ok(())
            }
            _ => Err(E::custom("takes text, not null")),
        }
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        Single { member: self.member, output: self.output }.deserialize(reader)
    }
}

/// Numbers, all behind one tag.
struct Packed<'a> {
    member: &'static Member,
    output: &'a mut Output,
}

impl<'de> Visitor<'de> for Packed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let Self { member, output } = self;
        output.tag(member.number, WireType::Bytes);
        let open = output.open();
        for number in 0.. {
            output.element(number);
            if elements.next_element_seed(Number { kind: &member.kind, output })?.is_none() {
                break;
            }
            output.check()?;
        }
        output.close(open);
        Ok(())
    }
}
