//! OTLP 1.11 as the scanner needs it: for each message its fields, by number, name and kind.
//!
//! Source: opentelemetry-proto v1.11, `common`, `resource`, `trace`, `logs`, `metrics` and their
//! collector services. Fields that were removed are unknown here, as they are to a generated decoder.

use Kind::{Bytes, Fixed32, Fixed64, Fixed64s, KeyId, Many, One, SpanId, TraceId, Varint, Varints};

/// What a field holds, and what is checked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number of variable length: integers, enums, booleans.
    Varint,
    /// Repeated [`Kind::Varint`]s, packed or one by one.
    Varints,
    /// Four bytes.
    Fixed32,
    /// Eight bytes: times, counts, doubles.
    Fixed64,
    /// Repeated [`Kind::Fixed64`]s, packed or one by one.
    Fixed64s,
    /// Text or bytes, repeated or not. UTF-8 is checked where text is read.
    Bytes,
    /// 16 bytes or none.
    TraceId,
    /// The trace id of a leaf, by which it may be routed.
    KeyId,
    /// 8 bytes or none.
    SpanId,
    /// A message; where it is given more than once, a decoder merges.
    One(Type),
    /// A repeated message.
    Many(Type),
}

/// One field of a message.
pub(super) struct Field {
    pub(super) number: u32,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// Writes the messages down as the .proto files do: number, name, kind.
macro_rules! messages {
    ($($message:ident { $($number:literal $name:ident: $kind:expr,)* })*) => {
        /// The messages of OTLP.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Type {
            $($message,)*
        }

        impl Type {
            /// All of them, each at the place of its own number.
            pub(super) const ALL: &[Self] = &[$(Self::$message,)*];

            /// The fields that the message has.
            pub(super) const fn fields(self) -> &'static [Field] {
                match self {
                    $(Self::$message => const {
                        &[$(Field { number: $number, name: stringify!($name), kind: $kind },)*]
                    })*
                }
            }
        }
    };
}

messages! {
    TraceRequest {
        1 resource_spans: Many(Type::ResourceSpans),
    }
    ResourceSpans {
        1 resource: One(Type::Resource),
        2 scope_spans: Many(Type::ScopeSpans),
        3 schema_url: Bytes,
    }
    ScopeSpans {
        1 scope: One(Type::Scope),
        2 spans: Many(Type::Span),
        3 schema_url: Bytes,
    }
    Span {
        1 trace_id: KeyId,
        2 span_id: SpanId,
        3 trace_state: Bytes,
        4 parent_span_id: SpanId,
        5 name: Bytes,
        6 kind: Varint,
        7 start_time_unix_nano: Fixed64,
        8 end_time_unix_nano: Fixed64,
        9 attributes: Many(Type::KeyValue),
        10 dropped_attributes_count: Varint,
        11 events: Many(Type::Event),
        12 dropped_events_count: Varint,
        13 links: Many(Type::Link),
        14 dropped_links_count: Varint,
        15 status: One(Type::Status),
        16 flags: Fixed32,
    }
    Event {
        1 time_unix_nano: Fixed64,
        2 name: Bytes,
        3 attributes: Many(Type::KeyValue),
        4 dropped_attributes_count: Varint,
    }
    Link {
        1 trace_id: TraceId,
        2 span_id: SpanId,
        3 trace_state: Bytes,
        4 attributes: Many(Type::KeyValue),
        5 dropped_attributes_count: Varint,
        6 flags: Fixed32,
    }
    Status {
        2 message: Bytes,
        3 code: Varint,
    }
    LogsRequest {
        1 resource_logs: Many(Type::ResourceLogs),
    }
    ResourceLogs {
        1 resource: One(Type::Resource),
        2 scope_logs: Many(Type::ScopeLogs),
        3 schema_url: Bytes,
    }
    ScopeLogs {
        1 scope: One(Type::Scope),
        2 log_records: Many(Type::LogRecord),
        3 schema_url: Bytes,
    }
    LogRecord {
        1 time_unix_nano: Fixed64,
        2 severity_number: Varint,
        3 severity_text: Bytes,
        5 body: One(Type::AnyValue),
        6 attributes: Many(Type::KeyValue),
        7 dropped_attributes_count: Varint,
        8 flags: Fixed32,
        9 trace_id: KeyId,
        10 span_id: SpanId,
        11 observed_time_unix_nano: Fixed64,
        12 event_name: Bytes,
    }
    MetricsRequest {
        1 resource_metrics: Many(Type::ResourceMetrics),
    }
    ResourceMetrics {
        1 resource: One(Type::Resource),
        2 scope_metrics: Many(Type::ScopeMetrics),
        3 schema_url: Bytes,
    }
    ScopeMetrics {
        1 scope: One(Type::Scope),
        2 metrics: Many(Type::Metric),
        3 schema_url: Bytes,
    }
    Metric {
        1 name: Bytes,
        2 description: Bytes,
        3 unit: Bytes,
        5 gauge: One(Type::Gauge),
        7 sum: One(Type::Sum),
        9 histogram: One(Type::Histogram),
        10 exponential_histogram: One(Type::ExponentialHistogram),
        11 summary: One(Type::Summary),
        12 metadata: Many(Type::KeyValue),
    }
    Gauge {
        1 data_points: Many(Type::NumberPoint),
    }
    Sum {
        1 data_points: Many(Type::NumberPoint),
        2 aggregation_temporality: Varint,
        3 is_monotonic: Varint,
    }
    Histogram {
        1 data_points: Many(Type::HistogramPoint),
        2 aggregation_temporality: Varint,
    }
    ExponentialHistogram {
        1 data_points: Many(Type::ExponentialPoint),
        2 aggregation_temporality: Varint,
    }
    Summary {
        1 data_points: Many(Type::SummaryPoint),
    }
    NumberPoint {
        2 start_time_unix_nano: Fixed64,
        3 time_unix_nano: Fixed64,
        4 as_double: Fixed64,
        5 exemplars: Many(Type::Exemplar),
        6 as_int: Fixed64,
        7 attributes: Many(Type::KeyValue),
        8 flags: Varint,
    }
    HistogramPoint {
        2 start_time_unix_nano: Fixed64,
        3 time_unix_nano: Fixed64,
        4 count: Fixed64,
        5 sum: Fixed64,
        6 bucket_counts: Fixed64s,
        7 explicit_bounds: Fixed64s,
        8 exemplars: Many(Type::Exemplar),
        9 attributes: Many(Type::KeyValue),
        10 flags: Varint,
        11 min: Fixed64,
        12 max: Fixed64,
    }
    ExponentialPoint {
        1 attributes: Many(Type::KeyValue),
        2 start_time_unix_nano: Fixed64,
        3 time_unix_nano: Fixed64,
        4 count: Fixed64,
        5 sum: Fixed64,
        6 scale: Varint,
        7 zero_count: Fixed64,
        8 positive: One(Type::Buckets),
        9 negative: One(Type::Buckets),
        10 flags: Varint,
        11 exemplars: Many(Type::Exemplar),
        12 min: Fixed64,
        13 max: Fixed64,
        14 zero_threshold: Fixed64,
    }
    Buckets {
        1 offset: Varint,
        2 bucket_counts: Varints,
    }
    SummaryPoint {
        2 start_time_unix_nano: Fixed64,
        3 time_unix_nano: Fixed64,
        4 count: Fixed64,
        5 sum: Fixed64,
        6 quantile_values: Many(Type::Quantile),
        7 attributes: Many(Type::KeyValue),
        8 flags: Varint,
    }
    Quantile {
        1 quantile: Fixed64,
        2 value: Fixed64,
    }
    Exemplar {
        2 time_unix_nano: Fixed64,
        3 as_double: Fixed64,
        4 span_id: SpanId,
        5 trace_id: TraceId,
        6 as_int: Fixed64,
        7 filtered_attributes: Many(Type::KeyValue),
    }
    Resource {
        1 attributes: Many(Type::KeyValue),
        2 dropped_attributes_count: Varint,
        3 entity_refs: Many(Type::EntityRef),
    }
    EntityRef {
        1 schema_url: Bytes,
        2 type: Bytes,
        3 id_keys: Bytes,
        4 description_keys: Bytes,
    }
    Scope {
        1 name: Bytes,
        2 version: Bytes,
        3 attributes: Many(Type::KeyValue),
        4 dropped_attributes_count: Varint,
    }
    KeyValue {
        1 key: Bytes,
        2 value: One(Type::AnyValue),
        3 key_strindex: Varint,
    }
    AnyValue {
        1 string_value: Bytes,
        2 bool_value: Varint,
        3 int_value: Varint,
        4 double_value: Fixed64,
        5 array_value: One(Type::ArrayValue),
        6 kvlist_value: One(Type::KeyValueList),
        7 bytes_value: Bytes,
        8 string_value_strindex: Varint,
    }
    ArrayValue {
        1 values: Many(Type::AnyValue),
    }
    KeyValueList {
        1 values: Many(Type::KeyValue),
    }
}
