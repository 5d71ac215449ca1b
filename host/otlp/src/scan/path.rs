//! Words for the place of a fault. Runs only when there is one.

use std::fmt::Write as _;

use super::schema::{Kind, Type};
use crate::Signal;
use crate::wire::{Fields, MAX_DEPTH, Value, read_tag};

/// The path to the field that begins at `at`, such as `resource_spans[0].scope_spans[1].spans[7].trace_id`.
///
/// Walks down again by the schema, into each message that holds the byte. What lies before a fault
/// is well-formed, so the way is found up to the fault itself.
pub(super) fn path(signal: Signal, body: &[u8], at: usize) -> String {
    let mut path = String::new();
    let mut message = match signal {
        Signal::Traces => Type::TraceRequest,
        Signal::Logs => Type::LogsRequest,
        Signal::Metrics => Type::MetricsRequest,
    };
    let (mut start, mut end) = (0, body.len());
    for _ in 0..=MAX_DEPTH {
        let Some(step) = step(message, &body[start..end], at - start) else { break };
        step.write(&mut path);
        match step.inner {
            Some((inner, content_start, content_end)) if start + content_start <= at => {
                message = inner;
                (start, end) = (start + content_start, start + content_end);
            }
            _ => break,
        }
    }
    path
}

/// One message of the path.
struct Step {
    number: u32,
    name: Option<&'static str>,
    /// How many of a repeated field came before.
    position: Option<usize>,
    /// The message inside: its type, where its content begins and where it ends.
    inner: Option<(Type, usize, usize)>,
}

impl Step {
    fn write(&self, path: &mut String) {
        let dot = if path.is_empty() { "" } else { "." };
        // Writing to a String does not fail.
        let _ = match (self.name, self.position) {
            (Some(name), Some(position)) => write!(path, "{dot}{name}[{position}]"),
            (Some(name), None) => write!(path, "{dot}{name}"),
            (None, _) => write!(path, "{dot}field {}", self.number),
        };
    }
}

/// Finds the field of a message in which the byte `at` lies.
fn step(message: Type, content: &[u8], at: usize) -> Option<Step> {
    let mut fields = Fields::new(content);
    let mut seen = Vec::new();
    loop {
        let position = fields.position();
        match fields.next_field() {
            Ok(Some(field)) if field.end <= at => seen.push(field.number),
            Ok(None) => return None,
            read => {
                let (number, _, _) = read_tag(content, position).ok()?;
                let known = message.fields().iter().find(|field| field.number == number);
                let kind = known.map(|known| known.kind);
                let before = seen.iter().filter(|earlier| **earlier == number).count();
                return Some(Step {
                    number,
                    name: known.map(|known| known.name),
                    position: matches!(kind, Some(Kind::Many(_))).then_some(before),
                    inner: match (kind, read) {
                        (Some(Kind::One(inner) | Kind::Many(inner)), Ok(Some(field))) => match field.value {
                            Value::Bytes(bytes) => Some((inner, field.end - bytes.len(), field.end)),
                            _ => None,
                        },
                        _ => None,
                    },
                });
            }
        }
    }
}
