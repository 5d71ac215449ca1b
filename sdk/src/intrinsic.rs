//! The fields that OTLP defines; `wit/sluice-plugin.wit` says which table has which.

use std::marker::PhantomData;

use crate::bindings::sluice::plugin::columns;
use crate::value::{Any, Double, Large, Number, Small, SpanId, Text, TraceId};

/// A field that OTLP defines, and that reads as `V`.
#[derive(Debug)]
pub struct Intrinsic<V> {
    pub(crate) raw: columns::Intrinsic,
    of: PhantomData<V>,
}

macro_rules! intrinsics {
    ($($(#[$documentation:meta])* $name:ident: $value:ident = $raw:ident;)*) => {$(
        $(#[$documentation])*
        pub const $name: Intrinsic<$value> = Intrinsic { raw: columns::Intrinsic::$raw, of: PhantomData };
    )*};
}

intrinsics! {
    /// Of spans, log records, links, groups and traces. A log record's may be absent.
    TRACE_ID: TraceId = TraceId;
    /// Of spans, links and log records.
    SPAN_ID: SpanId = SpanId;
    /// Of spans.
    PARENT_SPAN_ID: SpanId = ParentSpanId;
    /// Of scopes, spans, metrics, events, and of log records that are events.
    NAME: Text = Name;
    /// Of scopes.
    VERSION: Text = Version;
    /// Of resources and scopes.
    SCHEMA_URL: Text = SchemaUrl;
    /// Of spans: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
    KIND: Number = Kind;
    /// Of spans: 0 unset, 1 ok, 2 error.
    STATUS_CODE: Number = StatusCode;
    /// Of spans.
    STATUS_MESSAGE: Text = StatusMessage;
    /// Of spans and points; ns since the Unix epoch.
    START: Large = Start;
    /// Of spans; ns since the Unix epoch.
    END: Large = End;
    /// Of log records, points and events; ns since the Unix epoch.
    TIME: Large = Time;
    /// Of log records; ns since the Unix epoch.
    OBSERVED_TIME: Large = ObservedTime;
    /// Of spans, links, log records and points.
    FLAGS: Number = Flags;
    /// Of spans and links.
    TRACESTATE: Text = Tracestate;
    /// Of log records.
    SEVERITY_NUMBER: Number = SeverityNumber;
    /// Of log records.
    SEVERITY_TEXT: Text = SeverityText;
    /// Of log records.
    BODY: Any = Body;
    /// Of metrics.
    UNIT: Text = Unit;
    /// Of metrics: 0 empty, 1 gauge, 2 sum, 3 histogram, 4 exponential histogram, 5 summary.
    TYPE: Small = Type;
    /// Of metrics: 0 unspecified, 1 delta, 2 cumulative.
    TEMPORALITY: Small = Temporality;
    /// Of metrics: 1 for a monotonic sum, else 0.
    MONOTONIC: Small = Monotonic;
    /// Of points; an integer is converted, histograms and summaries give their sum.
    VALUE: Double = Value;
    /// Attributes that the sender dropped, of resources, scopes, items, events and links.
    DROPPED_COUNT: Number = DroppedCount;
    /// Events that the sender dropped, of spans.
    DROPPED_EVENTS_COUNT: Number = DroppedEventsCount;
    /// Links that the sender dropped, of spans.
    DROPPED_LINKS_COUNT: Number = DroppedLinksCount;
    /// Encoded bytes, of items, points and traces.
    BYTE_SIZE: Number = ByteSize;
    /// Of traces: how many spans.
    SPAN_COUNT: Number = SpanCount;
    /// Of traces, for policies: when the first span arrived; ns since the Unix epoch.
    RECEIVED: Large = Received;
    /// Of traces, for policies, why they are decided now: 0 timeout, 1 root, 2 size, 3 eviction, 4 shutdown.
    TRIGGER: Small = Trigger;
}
