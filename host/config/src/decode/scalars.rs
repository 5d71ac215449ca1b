//! Reading single values.

use std::path::PathBuf;
use std::time::Duration;

use super::{Node, Read};
use crate::findings::nearest::nearest;
use crate::types::duration::parse_duration;
use crate::types::listen::{Listen, parse_port};
use crate::types::secret::Secret;
use crate::yaml::value::Value;

impl Node<'_> {
    /// Text. A number is not taken for it, since `1.10` would lose its zero.
    fn text(&self) -> Option<String> {
        match self.value {
            Value::Text(text) | Value::Expanded { text, .. } => Some(text.clone()),
            Value::Null => None,
            Value::Integer(_) | Value::Float(_) | Value::Bool(_) => {
                self.error(format!("takes text, not {}; put it in quotes", self.value.kind()));
                None
            }
            other => {
                self.error(format!("takes text, not {}", other.kind()));
                None
            }
        }
    }

    fn boolean(&self) -> Option<bool> {
        match self.value.resolved() {
            Value::Bool(value) => Some(*value),
            Value::Text(text) => {
                self.error(format!("takes true or false, not `{text}`"));
                None
            }
            other => {
                self.error(format!("takes true or false, not {}", other.kind()));
                None
            }
        }
    }

    /// A whole number, 0 to `max`.
    pub(crate) fn whole_number(&self, max: u64) -> Option<u64> {
        match self.value.resolved() {
            Value::Integer(value) => match u64::try_from(*value) {
                Ok(number) if number <= max => return Some(number),
                _ => self.error(format!("takes a number from 0 to {max}, not {value}")),
            },
            Value::Float(value) => self.error(format!("takes a whole number, not {value}")),
            Value::Text(text) => self.error(format!("takes a whole number, not `{text}`")),
            other => self.error(format!("takes a whole number, not {}", other.kind())),
        }
        None
    }

    /// A whole number of 64 bits with a sign.
    fn integer(&self) -> Option<i64> {
        let Value::Integer(value) = self.value.resolved() else {
            return self.whole_number(u64::MAX).and_then(|number| i64::try_from(number).ok());
        };
        let number = i64::try_from(*value);
        number
            .map_err(|_| self.error(format!("takes a number from {} to {}, not {value}", i64::MIN, i64::MAX)))
            .ok()
    }

    fn number(&self) -> Option<f64> {
        match self.value.resolved() {
            #[expect(clippy::cast_precision_loss, reason = "a setting with decimals")]
            Value::Integer(value) => Some(*value as f64),
            Value::Float(value) if value.is_finite() => Some(*value),
            Value::Float(value) => {
                self.error(format!("takes a finite number, not {value}"));
                None
            }
            Value::Text(text) => {
                self.error(format!("takes a number, not `{text}`"));
                None
            }
            other => {
                self.error(format!("takes a number, not {}", other.kind()));
                None
            }
        }
    }

    /// The Collector reads a bare number as nanoseconds, which nobody means.
    fn duration(&self) -> Option<Duration> {
        match self.value.resolved() {
            Value::Text(text) => match parse_duration(text) {
                Ok(duration) => return Some(duration),
                Err(error) => self.error(error.to_string()),
            },
            Value::Integer(0) => return Some(Duration::ZERO),
            Value::Integer(value) => self.error(format!(
                "`{value}` has no unit, and the Collector would take it for nanoseconds; write `{value}s` \
                 for seconds"
            )),
            Value::Float(value) => self.error(format!("`{value}` has no unit; write `{value}s` for seconds")),
            other => self.error(format!("takes a duration like `5s`, not {}", other.kind())),
        }
        None
    }

    fn listen(&self) -> Option<Listen> {
        let parsed = Listen::parse(&self.text()?);
        parsed.map_err(|message| self.error(message)).ok()
    }

    fn secret(&self) -> Option<Secret> {
        self.context.keep_secret(&self.place);
        self.text().map(Secret::new)
    }

    /// A port as a number or as text: the Collector takes only the one or the other, depending on the key.
    pub(crate) fn port(&self) -> Option<u16> {
        match self.value.resolved() {
            Value::Integer(value) => parse_port(&value.to_string()),
            Value::Text(text) if text.is_empty() => return None,
            Value::Text(text) => parse_port(text),
            other => Err(format!("takes a port, not {}", other.kind())),
        }
        .map_err(|message| self.error(message))
        .ok()
    }

    /// One of several words, told apart by `same`; none when nothing stands here.
    pub(crate) fn one_of<T: Copy>(
        &self,
        choices: &[(&'static str, T)],
        same: fn(&str, &str) -> bool,
    ) -> Option<T> {
        let written = match self.value.resolved() {
            Value::Null => return None,
            Value::Text(text) => text.clone(),
            Value::Integer(value) => value.to_string(),
            Value::Bool(value) => value.to_string(),
            other => {
                self.error(format!("takes a word, not {}", other.kind()));
                return None;
            }
        };
        if let Some((_, value)) = choices.iter().find(|(word, _)| same(word, &written)) {
            return Some(*value);
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let meant = nearest(&written, words.iter().copied());
        self.error_with(format!("`{written}` is none of: {}", words.join(", ")), meant);
        None
    }
}

/// Lets a type, and the same where it need not be there, be read by a method of [`Node`].
macro_rules! read_by {
    ($($type:ty => $read:expr),* $(,)?) => { $(
        impl Read for $type {
            fn read(&mut self, node: &Node<'_>) {
                if node.is_null() {
                    return;
                }
                let read: fn(&Node<'_>) -> Option<$type> = $read;
                if let Some(value) = read(node) {
                    *self = value;
                }
            }
        }

        impl Read for Option<$type> {
            fn read(&mut self, node: &Node<'_>) {
                if node.is_null() {
                    return;
                }
                let read: fn(&Node<'_>) -> Option<$type> = $read;
                if let Some(value) = read(node) {
                    *self = Some(value);
                }
            }
        }
    )* };
}

read_by! {
    String => |node| node.text(),
    Secret => |node| node.secret(),
    PathBuf => |node| node.text().map(PathBuf::from),
    bool => |node| node.boolean(),
    u64 => |node| node.whole_number(u64::MAX),
    i64 => |node| node.integer(),
    u32 => |node| node.whole_number(u32::MAX.into()).and_then(|number| u32::try_from(number).ok()),
    usize => |node| node.whole_number(u32::MAX.into()).and_then(|number| usize::try_from(number).ok()),
    u16 => |node| node.port(),
    f64 => |node| node.number(),
    Duration => |node| node.duration(),
    Listen => |node| node.listen(),
}

impl Read for Vec<String> {
    fn read(&mut self, node: &Node<'_>) {
        *self = node.items().iter().filter_map(Node::text).collect();
    }
}

impl Read for Vec<Secret> {
    fn read(&mut self, node: &Node<'_>) {
        *self = node.items().iter().filter_map(Node::secret).collect();
    }
}

/// Headers, labels: any words as keys, in the order of the file.
impl Read for Vec<(String, Secret)> {
    fn read(&mut self, node: &Node<'_>) {
        let entries = node.entries().unwrap_or_default();
        *self = entries
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value.secret()?)))
            .collect();
    }
}

/// Names the words that stand for the values of an enumeration.
macro_rules! words {
    ($type:ty: $($word:literal => $value:ident),+ $(,)?) => {
        impl $type {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$value)),+];

            /// The word in the configuration.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }
        }
    };
}

/// The same, and reads them.
macro_rules! choice {
    ($type:ty: $($words:tt)+) => {
        crate::decode::words!($type: $($words)+);

        impl crate::decode::Read for $type {
            fn read(&mut self, node: &crate::decode::Node<'_>) {
                if let Some(value) = node.one_of(Self::WORDS, str::eq) {
                    *self = value;
                }
            }
        }
    };
}

pub(crate) use {choice, words};
