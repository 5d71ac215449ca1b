//! From a path to what it reads.

use super::{Context, Field, Reference, Table, names};
use crate::error::Error;
use crate::nearest::did_you_mean;
use crate::syntax::{Expression, Literal, Segment};

/// How the value of a field is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// As it is.
    Plain,
    /// An id as hexadecimal text.
    Text,
    /// Nanoseconds as a point in time.
    Time,
    /// A kind of span as in `Server`.
    KindName,
    /// A kind of span as in `SPAN_KIND_SERVER`.
    KindConstant,
    /// The status as a whole.
    Status,
    /// One entry of a trace state.
    TraceState,
}

/// A path that was understood.
#[derive(Debug)]
pub(crate) struct Resolved<'a> {
    pub(crate) reference: Reference,
    pub(crate) view: View,
    /// What is looked up in the value.
    pub(crate) keys: &'a [Expression],
}

/// Finds what a path reads in a context.
pub(crate) fn resolve(path: &[Segment], context: Context) -> Result<Resolved<'_>, Error> {
    let (table, path) = table(path, context)?;
    let Some((last, before)) = path.split_last() else { return Err(Error::new(0, "a path has a name")) };
    if let Some(keyed) = before.iter().find(|segment| !segment.keys.is_empty()) {
        return Err(cannot_be_indexed(keyed));
    }
    if last.name == "attributes" && before.is_empty() {
        return attributes(table, last);
    }
    let name = path.iter().map(|segment| segment.name.as_str()).collect::<Vec<_>>().join(".");
    let at = path.first().map_or(0, |segment| segment.at.0);
    let (field, view) = names::field(table, &name).ok_or_else(|| unknown(table, &name, at))?;
    match (field, last.keys.as_slice()) {
        (_, []) => Ok(Resolved { reference: Reference::Field(field), view, keys: &[] }),
        (Field::TraceState, [_]) => {
            Ok(Resolved { reference: Reference::Field(field), view: View::TraceState, keys: &last.keys })
        }
        _ => Err(cannot_be_indexed(last)),
    }
}

/// The table that a path is of, and the path within it.
fn table(path: &[Segment], context: Context) -> Result<(Table, &[Segment]), Error> {
    let own = match context {
        Context::Span => Table::Span,
        Context::SpanEvent => Table::Event,
    };
    let Some((first, rest)) = path.split_first() else { return Ok((own, path)) };
    let table = match first.name.as_str() {
        "span" => Table::Span,
        "spanevent" => Table::Event,
        "resource" => Table::Resource,
        "scope" | "instrumentation_scope" => Table::Scope,
        _ => return Ok((own, path)),
    };
    let name = &first.name;
    if !first.keys.is_empty() {
        return Err(cannot_be_indexed(first));
    }
    if rest.is_empty() {
        let message = format!(
            "`{name}` as a whole cannot be compared; name a field of it, such as `{name}.attributes`"
        );
        return Err(Error::new(first.at.0, message));
    }
    if table == Table::Event && context == Context::Span {
        return Err(Error::new(first.at.0, "a condition on spans sees no event; put it under `spanevent`"));
    }
    Ok((table, rest))
}

/// `attributes`, and what is looked up in it. A key that stands in the condition makes one column.
fn attributes(table: Table, segment: &Segment) -> Result<Resolved<'_>, Error> {
    match segment.keys.split_first() {
        Some((Expression::Literal(Literal::Text(key), _), keys)) => {
            Ok(Resolved { reference: Reference::Attribute(table, key.clone()), view: View::Plain, keys })
        }
        Some((Expression::Literal(_, at), _)) => Err(Error::new(at.0, "the key of an attribute is text")),
        _ => Ok(Resolved { reference: Reference::Attributes(table), view: View::Plain, keys: &segment.keys }),
    }
}

fn cannot_be_indexed(segment: &Segment) -> Error {
    Error::new(segment.at.0, format!("`{}` has no keys", segment.name))
}

fn unknown(table: Table, name: &str, at: usize) -> Error {
    let first = name.split('.').next().unwrap_or(name);
    if first == "cache" {
        return Error::new(at, "`cache` holds what statements put there; conditions alone leave it empty");
    }
    let hint = did_you_mean(name, names::fields(table).iter().copied());
    Error::new(at, format!("`{}` has no field `{name}`{hint}", table.name()))
}
