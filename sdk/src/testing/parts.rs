//! The parts of a request, and what can be set of each.

use super::record::{Record, Scalar};
use super::value::Value;
use crate::bindings::sluice::plugin::columns::Intrinsic;

macro_rules! records {
    ($($(#[$documentation:meta])* $name:ident { $($(#[$of_setter:meta])* $setter:ident: $intrinsic:ident = $convert:ident($from:ty),)* })*) => {$(
        $(#[$documentation])*
        #[derive(Clone, Debug, Default)]
        pub struct $name {
            pub(super) record: Record,
        }

        impl $name {
            /// Adds an attribute; the same key may be added twice.
            #[must_use]
            pub fn attribute(mut self, key: &str, value: impl Into<Value>) -> Self {
                self.record.attributes.push((key.to_owned(), value.into()));
                self
            }

            $(
                $(#[$of_setter])*
                #[must_use]
                pub fn $setter(mut self, value: $from) -> Self {
                    self.record.set(Intrinsic::$intrinsic, $convert(value));
                    self
                }
            )*
        }
    )*};
}

records! {
    /// What telemetry is about.
    Resource {
        /// Sets the schema URL.
        schema_url: SchemaUrl = text(&str),
        /// Sets how many attributes the sender dropped.
        dropped_count: DroppedCount = number(u32),
    }
    /// What made it.
    Scope {
        /// Sets the version.
        version: Version = text(&str),
        /// Sets the schema URL.
        schema_url: SchemaUrl = text(&str),
        /// Sets how many attributes the sender dropped.
        dropped_count: DroppedCount = number(u32),
    }
    /// A span.
    Span {
        /// Sets the span id.
        span_id: SpanId = id([u8; 8]),
        /// Sets the parent's span id.
        parent_span_id: ParentSpanId = id([u8; 8]),
        /// Sets the name.
        name: Name = text(&str),
        /// Sets the kind, by its number.
        kind: Kind = number(u32),
        /// Sets the status, by its number.
        status_code: StatusCode = number(u32),
        /// Sets what the status says.
        status_message: StatusMessage = text(&str),
        /// Sets when it began: ns since the Unix epoch.
        start: Start = number(u64),
        /// Sets when it ended: ns since the Unix epoch.
        end: End = number(u64),
        /// Sets the flags.
        flags: Flags = number(u32),
        /// Sets the W3C tracestate.
        tracestate: Tracestate = text(&str),
        /// Sets how many attributes the sender dropped.
        dropped_count: DroppedCount = number(u32),
        /// Sets how many events the sender dropped.
        dropped_events_count: DroppedEventsCount = number(u32),
        /// Sets how many links the sender dropped.
        dropped_links_count: DroppedLinksCount = number(u32),
        /// Sets its encoded size in bytes.
        byte_size: ByteSize = number(u32),
    }
    /// An event of a span.
    Event {
        /// Sets when it happened: ns since the Unix epoch.
        time: Time = number(u64),
        /// Sets how many attributes the sender dropped.
        dropped_count: DroppedCount = number(u32),
    }
    /// A link of a span to another one.
    Link {
        /// Sets the W3C tracestate of the other one.
        tracestate: Tracestate = text(&str),
        /// Sets the flags.
        flags: Flags = number(u32),
        /// Sets how many attributes the sender dropped.
        dropped_count: DroppedCount = number(u32),
    }
    /// A log record.
    LogRecord {
        /// Sets the trace id.
        trace_id: TraceId = id([u8; 16]),
        /// Sets the span id.
        span_id: SpanId = id([u8; 8]),
        /// Sets the event name.
        event_name: Name = text(&str),
        /// Sets when it happened: ns since the Unix epoch.
        time: Time = number(u64),
        /// Sets when it was seen: ns since the Unix epoch.
        observed_time: ObservedTime = number(u64),
        /// Sets the severity, by its number.
        severity_number: SeverityNumber = number(u32),
        /// Sets the severity's text.
        severity_text: SeverityText = text(&str),
        /// Sets the body.
        body: Body = body(Value),
        /// Sets the flags.
        flags: Flags = number(u32),
        /// Sets how many attributes the sender dropped.
        dropped_count: DroppedCount = number(u32),
        /// Sets its encoded size in bytes.
        byte_size: ByteSize = number(u32),
    }
    /// A metric. Attributes are those of its points.
    Metric {
        /// Sets the unit.
        unit: Unit = text(&str),
        /// Sets the type: 0 empty, 1 gauge, 2 sum, 3 histogram, 4 exponential histogram, 5 summary.
        metric_type: Type = number(u8),
        /// Sets the temporality: 0 unspecified, 1 delta, 2 cumulative.
        temporality: Temporality = number(u8),
        /// Sets whether a sum only grows.
        monotonic: Monotonic = number(bool),
        /// Sets its encoded size in bytes.
        byte_size: ByteSize = number(u32),
    }
    /// A data point.
    Point {
        /// Sets when what it covers began: ns since the Unix epoch.
        start: Start = number(u64),
        /// Sets when it was taken: ns since the Unix epoch.
        time: Time = number(u64),
        /// Sets the flags.
        flags: Flags = number(u32),
        /// Sets the value.
        value: Value = double(f64),
        /// Sets its encoded size in bytes.
        byte_size: ByteSize = number(u32),
    }
}

pub(super) fn text(text: &str) -> Scalar {
    Scalar::Bytes(text.as_bytes().to_vec())
}

pub(super) fn id(bytes: impl AsRef<[u8]>) -> Scalar {
    Scalar::Bytes(bytes.as_ref().to_vec())
}

fn number(number: impl Into<u64>) -> Scalar {
    Scalar::Number(number.into())
}

fn body(value: Value) -> Scalar {
    Scalar::Bytes(value.encode())
}

fn double(value: f64) -> Scalar {
    Scalar::Double(value)
}
