//! Ways to look at a field.

use crate::paths::View;
use crate::time::Time;
use crate::value::{Nested, Value};

/// The names of kinds, and their constants in OTLP.
const KINDS: [(&str, &str); 6] = [
    ("Unspecified", "SPAN_KIND_UNSPECIFIED"),
    ("Internal", "SPAN_KIND_INTERNAL"),
    ("Server", "SPAN_KIND_SERVER"),
    ("Client", "SPAN_KIND_CLIENT"),
    ("Producer", "SPAN_KIND_PRODUCER"),
    ("Consumer", "SPAN_KIND_CONSUMER"),
];

/// Looks at the value of a field.
pub(super) fn look<'a, N: Nested<'a>>(view: View, value: Value<'a, N>) -> Value<'a, N> {
    match (view, value) {
        (View::Status, _) => Value::Status,
        (View::Time, Value::Int(nanos)) => Value::Time(Time::utc(nanos)),
        (View::KindName, Value::Int(kind)) => Value::text(known_kind(kind).map_or("", |(name, _)| name)),
        (View::KindConstant, Value::Int(kind)) => {
            Value::text(known_kind(kind).map_or("", |(_, constant)| constant))
        }
        (View::Text, value) => value.into_text().map_or_else(|value| value, Value::Text),
        (_, value) => value,
    }
}

fn known_kind(kind: i64) -> Option<(&'static str, &'static str)> {
    usize::try_from(kind).ok().and_then(|kind| KINDS.get(kind).copied())
}
