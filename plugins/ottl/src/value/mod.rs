//! What conditions calculate with.

mod compare;
pub(crate) mod hex;
mod json;
mod nested;
mod text;

use std::borrow::Cow;

pub(crate) use compare::compare;
pub use nested::{List, Map, Nested};
pub(crate) use text::append_double;

use crate::time::Time;

/// A value. Text and bytes are borrowed wherever they lie in the telemetry or in the condition.
///
/// `N` is how lists and maps of the telemetry are read.
#[derive(Clone, Debug)]
pub enum Value<'a, N> {
    /// None: an absent attribute, or one without a value.
    Nil,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// Text: UTF-8, if the sender keeps to OTLP.
    Text(Cow<'a, [u8]>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
    /// The id of a trace; all zeros where there is none.
    TraceId([u8; 16]),
    /// The id of a span; all zeros where there is none.
    SpanId([u8; 8]),
    /// A point in time.
    Time(Time),
    /// The time between two points in time, in nanoseconds.
    Duration(i64),
    /// Values in a row.
    List(List<'a, N>),
    /// Values by key.
    Map(Map<'a, N>),
    /// The events of a span, which can only be counted.
    Events(u64),
    /// The links of a span, which can only be counted.
    Links(u64),
    /// The status of a span as a whole, of which nothing can be said but that it is there.
    Status,
}

impl<'a, N> Value<'a, N> {
    /// Text.
    pub fn text(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self::Text(Cow::Borrowed(text.as_ref()))
    }

    /// Text that was made.
    pub(crate) fn made(text: impl Into<Vec<u8>>) -> Self {
        Self::Text(Cow::Owned(text.into()))
    }

    /// The name of the type, for error messages.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Boolean(_) => "a boolean",
            Self::Int(_) => "a whole number",
            Self::Double(_) => "a floating-point number",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::TraceId(_) => "a trace id",
            Self::SpanId(_) => "a span id",
            Self::Time(_) => "a time",
            Self::Duration(_) => "a duration",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Events(_) => "events",
            Self::Links(_) => "links",
            Self::Status => "a status",
        }
    }
}
