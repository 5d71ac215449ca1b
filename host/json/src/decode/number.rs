use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

use super::output::Output;
use crate::schema::Kind;

/// A number, in whatever form: without its tag.
pub(super) struct Number<'a> {
    pub(super) kind: &'static Kind,
    pub(super) output: &'a mut Output,
}

impl<'de> DeserializeSeed<'de> for Number<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl Number<'_> {
    /// Writes a whole number, where it is in the range of the field.
    fn whole<E: Error>(self, number: i128) -> Result<(), E> {
        let output = self.output;
        match self.kind {
            Kind::Double => output.raw(&(number as f64).to_le_bytes()),
            Kind::Enum(_) | Kind::Int32 => output.varint(i64::from(in_range::<i32, E>(number)?) as u64),
            Kind::UInt32 => output.varint(in_range::<u32, E>(number)?.into()),
            Kind::ZigZag32 => {
                let number = in_range::<i32, E>(number)?;
                output.varint(((number << 1) ^ (number >> 31)).cast_unsigned().into());
            }
            Kind::Int64 => output.varint(in_range::<i64, E>(number)?.cast_unsigned()),
            Kind::UInt64 => output.varint(in_range::<u64, E>(number)?),
            Kind::Fixed32 => output.raw(&in_range::<u32, E>(number)?.to_le_bytes()),
            Kind::Fixed64 => output.raw(&in_range::<u64, E>(number)?.to_le_bytes()),
            Kind::SignedFixed64 => output.raw(&in_range::<i64, E>(number)?.to_le_bytes()),
            _ => return Err(E::custom("takes no number")),
        }
        Ok(())
    }

    fn text<E: Error>(self, text: &str) -> Result<(), E> {
        match self.kind {
            Kind::Double => {
                let number =
                    double(text).ok_or_else(|| E::custom("takes a number, or \"NaN\" or \"Infinity\""))?;
                self.output.raw(&number.to_le_bytes());
                Ok(())
            }
            Kind::Enum(words) => match words.iter().find(|(word, _)| *word == text) {
                Some((_, number)) => self.whole(i128::from(*number)),
                None => Err(E::custom("takes the number of one of the enum's values")),
            },
            _ => self.whole(whole(text).ok_or_else(|| E::custom("takes a whole number"))?),
        }
    }
}

impl Visitor<'_> for Number<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Bool => "true or false",
            Kind::Double => "a number",
            _ => "a whole number",
        })
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        match self.kind {
            Kind::Bool => {
                self.output.varint(value.into());
                Ok(())
            }
            _ => Err(E::custom("takes a number, not true or false")),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.whole(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.whole(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        match self.kind {
            Kind::Double => {
                self.output.raw(&value.to_le_bytes());
                Ok(())
            }
            // `1e9` and `5.0` are whole numbers as well, as protobuf's mapping has it. The cast saturates far
            // beyond every range.
            _ if value.fract() == 0.0 => self.whole(value as i128),
            _ => Err(E::custom("takes a whole number")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.text(text)
    }
}

fn in_range<T: TryFrom<i128>, E: Error>(number: i128) -> Result<T, E> {
    T::try_from(number).map_err(|_| E::custom(format_args!("{number} is out of range")))
}

/// Digits, with `-` where the number is negative.
fn whole(text: &str) -> Option<i128> {
    match text.parse::<u64>() {
        Ok(number) => Some(number.into()),
        // Times and counts are above; this is for the few that are negative.
        Err(_) => text.parse().ok(),
    }
}

/// Rust reads more words than protobuf's mapping has.
fn double(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ if text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) => text.parse().ok(),
        _ => None,
    }
}
