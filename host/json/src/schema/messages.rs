//! The tables.

use sluice_otlp::Signal;

use super::words::{SEVERITIES, SPAN_KINDS, STATUS_CODES, TEMPORALITIES};
use super::{Kind, Member, Message};

/// The request that carries a signal.
pub(crate) fn request(signal: Signal) -> &'static Message {
    match signal {
        Signal::Traces => &TRACES,
        Signal::Logs => &LOGS,
        Signal::Metrics => &METRICS,
    }
}

const fn one(number: u32, name: &'static str, kind: Kind) -> Member {
    Member { number, name, kind, repeated: false }
}

const fn many(number: u32, name: &'static str, kind: Kind) -> Member {
    Member { number, name, kind, repeated: true }
}

use Kind::{
    Base64, Bool, Double, Enum, Fixed32, Fixed64, Int32, Int64, SignedFixed64, SpanId, Text, TraceId, UInt32,
    UInt64, ZigZag32,
};

const fn of(message: &'static Message) -> Kind {
    Kind::Message(message)
}

// What the signals share.

static ANY_VALUE: Message = Message(&[
    one(1, "stringValue", Text),
    one(2, "boolValue", Bool),
    one(3, "intValue", Int64),
    one(4, "doubleValue", Double),
    one(5, "arrayValue", of(&ARRAY_VALUE)),
    one(6, "kvlistValue", of(&KEY_VALUE_LIST)),
    one(7, "bytesValue", Base64),
    one(8, "stringValueStrindex", Int32),
]);
static ARRAY_VALUE: Message = Message(&[many(1, "values", of(&ANY_VALUE))]);
static KEY_VALUE_LIST: Message = Message(&[many(1, "values", of(&KEY_VALUE))]);
static KEY_VALUE: Message =
    Message(&[one(1, "key", Text), one(2, "value", of(&ANY_VALUE)), one(3, "keyStrindex", Int32)]);
static RESOURCE: Message = Message(&[
    many(1, "attributes", of(&KEY_VALUE)),
    one(2, "droppedAttributesCount", UInt32),
    many(3, "entityRefs", of(&ENTITY_REF)),
]);
static ENTITY_REF: Message = Message(&[
    one(1, "schemaUrl", Text),
    one(2, "type", Text),
    many(3, "idKeys", Text),
    many(4, "descriptionKeys", Text),
]);
static SCOPE: Message = Message(&[
    one(1, "name", Text),
    one(2, "version", Text),
    many(3, "attributes", of(&KEY_VALUE)),
    one(4, "droppedAttributesCount", UInt32),
]);

// Traces.

static TRACES: Message = Message(&[many(1, "resourceSpans", of(&RESOURCE_SPANS))]);
static RESOURCE_SPANS: Message = Message(&[
    one(1, "resource", of(&RESOURCE)),
    many(2, "scopeSpans", of(&SCOPE_SPANS)),
    one(3, "schemaUrl", Text),
]);
static SCOPE_SPANS: Message =
    Message(&[one(1, "scope", of(&SCOPE)), many(2, "spans", of(&SPAN)), one(3, "schemaUrl", Text)]);
static SPAN: Message = Message(&[
    one(1, "traceId", TraceId),
    one(2, "spanId", SpanId),
    one(3, "traceState", Text),
    one(4, "parentSpanId", SpanId),
    one(5, "name", Text),
    one(6, "kind", Enum(SPAN_KINDS)),
    one(7, "startTimeUnixNano", Fixed64),
    one(8, "endTimeUnixNano", Fixed64),
    many(9, "attributes", of(&KEY_VALUE)),
    one(10, "droppedAttributesCount", UInt32),
    many(11, "events", of(&EVENT)),
    one(12, "droppedEventsCount", UInt32),
    many(13, "links", of(&LINK)),
    one(14, "droppedLinksCount", UInt32),
    one(15, "status", of(&STATUS)),
    one(16, "flags", Fixed32),
]);
static EVENT: Message = Message(&[
    one(1, "timeUnixNano", Fixed64),
    one(2, "name", Text),
    many(3, "attributes", of(&KEY_VALUE)),
    one(4, "droppedAttributesCount", UInt32),
]);
static LINK: Message = Message(&[
    one(1, "traceId", TraceId),
    one(2, "spanId", SpanId),
    one(3, "traceState", Text),
    many(4, "attributes", of(&KEY_VALUE)),
    one(5, "droppedAttributesCount", UInt32),
    one(6, "flags", Fixed32),
]);
static STATUS: Message = Message(&[one(2, "message", Text), one(3, "code", Enum(STATUS_CODES))]);

// Logs.

static LOGS: Message = Message(&[many(1, "resourceLogs", of(&RESOURCE_LOGS))]);
static RESOURCE_LOGS: Message = Message(&[
    one(1, "resource", of(&RESOURCE)),
    many(2, "scopeLogs", of(&SCOPE_LOGS)),
    one(3, "schemaUrl", Text),
]);
static SCOPE_LOGS: Message = Message(&[
    one(1, "scope", of(&SCOPE)),
    many(2, "logRecords", of(&LOG_RECORD)),
    one(3, "schemaUrl", Text),
]);
static LOG_RECORD: Message = Message(&[
    one(1, "timeUnixNano", Fixed64),
    one(2, "severityNumber", Enum(SEVERITIES)),
    one(3, "severityText", Text),
    one(5, "body", of(&ANY_VALUE)),
    many(6, "attributes", of(&KEY_VALUE)),
    one(7, "droppedAttributesCount", UInt32),
    one(8, "flags", Fixed32),
    one(9, "traceId", TraceId),
    one(10, "spanId", SpanId),
    one(11, "observedTimeUnixNano", Fixed64),
    one(12, "eventName", Text),
]);

// Metrics.

static METRICS: Message = Message(&[many(1, "resourceMetrics", of(&RESOURCE_METRICS))]);
static RESOURCE_METRICS: Message = Message(&[
    one(1, "resource", of(&RESOURCE)),
    many(2, "scopeMetrics", of(&SCOPE_METRICS)),
    one(3, "schemaUrl", Text),
]);
static SCOPE_METRICS: Message =
    Message(&[one(1, "scope", of(&SCOPE)), many(2, "metrics", of(&METRIC)), one(3, "schemaUrl", Text)]);
static METRIC: Message = Message(&[
    one(1, "name", Text),
    one(2, "description", Text),
    one(3, "unit", Text),
    one(5, "gauge", of(&GAUGE)),
    one(7, "sum", of(&SUM)),
    one(9, "histogram", of(&HISTOGRAM)),
    one(10, "exponentialHistogram", of(&EXPONENTIAL_HISTOGRAM)),
    one(11, "summary", of(&SUMMARY)),
    many(12, "metadata", of(&KEY_VALUE)),
]);
static GAUGE: Message = Message(&[many(1, "dataPoints", of(&NUMBER_POINT))]);
static SUM: Message = Message(&[
    many(1, "dataPoints", of(&NUMBER_POINT)),
    one(2, "aggregationTemporality", Enum(TEMPORALITIES)),
    one(3, "isMonotonic", Bool),
]);
static HISTOGRAM: Message = Message(&[
    many(1, "dataPoints", of(&HISTOGRAM_POINT)),
    one(2, "aggregationTemporality", Enum(TEMPORALITIES)),
]);
static EXPONENTIAL_HISTOGRAM: Message = Message(&[
    many(1, "dataPoints", of(&EXPONENTIAL_POINT)),
    one(2, "aggregationTemporality", Enum(TEMPORALITIES)),
]);
static SUMMARY: Message = Message(&[many(1, "dataPoints", of(&SUMMARY_POINT))]);
static NUMBER_POINT: Message = Message(&[
    one(2, "startTimeUnixNano", Fixed64),
    one(3, "timeUnixNano", Fixed64),
    one(4, "asDouble", Double),
    many(5, "exemplars", of(&EXEMPLAR)),
    one(6, "asInt", SignedFixed64),
    many(7, "attributes", of(&KEY_VALUE)),
    one(8, "flags", UInt32),
]);
static HISTOGRAM_POINT: Message = Message(&[
    one(2, "startTimeUnixNano", Fixed64),
    one(3, "timeUnixNano", Fixed64),
    one(4, "count", Fixed64),
    one(5, "sum", Double),
    many(6, "bucketCounts", Fixed64),
    many(7, "explicitBounds", Double),
    many(8, "exemplars", of(&EXEMPLAR)),
    many(9, "attributes", of(&KEY_VALUE)),
    one(10, "flags", UInt32),
    one(11, "min", Double),
    one(12, "max", Double),
]);
static EXPONENTIAL_POINT: Message = Message(&[
    many(1, "attributes", of(&KEY_VALUE)),
    one(2, "startTimeUnixNano", Fixed64),
    one(3, "timeUnixNano", Fixed64),
    one(4, "count", Fixed64),
    one(5, "sum", Double),
    one(6, "scale", ZigZag32),
    one(7, "zeroCount", Fixed64),
    one(8, "positive", of(&BUCKETS)),
    one(9, "negative", of(&BUCKETS)),
    one(10, "flags", UInt32),
    many(11, "exemplars", of(&EXEMPLAR)),
    one(12, "min", Double),
    one(13, "max", Double),
    one(14, "zeroThreshold", Double),
]);
static BUCKETS: Message = Message(&[one(1, "offset", ZigZag32), many(2, "bucketCounts", UInt64)]);
static SUMMARY_POINT: Message = Message(&[
    one(2, "startTimeUnixNano", Fixed64),
    one(3, "timeUnixNano", Fixed64),
    one(4, "count", Fixed64),
    one(5, "sum", Double),
    many(6, "quantileValues", of(&QUANTILE)),
    many(7, "attributes", of(&KEY_VALUE)),
    one(8, "flags", UInt32),
]);
static QUANTILE: Message = Message(&[one(1, "quantile", Double), one(2, "value", Double)]);
static EXEMPLAR: Message = Message(&[
    one(2, "timeUnixNano", Fixed64),
    one(3, "asDouble", Double),
    one(4, "spanId", SpanId),
    one(5, "traceId", TraceId),
    one(6, "asInt", SignedFixed64),
    many(7, "filteredAttributes", of(&KEY_VALUE)),
]);
