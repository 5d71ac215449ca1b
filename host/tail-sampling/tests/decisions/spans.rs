//! Traces, in few words.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::Event;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};

use super::harness::EPOCH;

/// A trace id, which is its randomness too.
pub(crate) fn id(number: u64) -> Vec<u8> {
    u128::from(number).to_be_bytes().to_vec()
}

/// A trace id as people write it.
pub(crate) fn hex(id: &str) -> Vec<u8> {
    u128::from_str_radix(id, 16).expect("hexadecimal digits").to_be_bytes().to_vec()
}

pub(crate) fn string(text: &str) -> Value {
    Value::StringValue(text.to_owned())
}

pub(crate) fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

/// A span with a parent, of a trace that is not said yet.
pub(crate) fn span() -> Span {
    Span {
        span_id: vec![1; 8],
        parent_span_id: vec![9; 8],
        name: "GET /".to_owned(),
        start_time_unix_nano: EPOCH,
        end_time_unix_nano: EPOCH,
        ..Span::default()
    }
}

/// What makes a span another one.
pub(crate) trait SpanExt {
    fn of(self, trace: u64) -> Self;
    fn named(self, name: &str) -> Self;
    fn root(self) -> Self;
    /// From one time to another, in ms.
    fn lasting(self, from: u64, to: u64) -> Self;
    fn with(self, key: &str, value: Value) -> Self;
    fn status(self, code: i32) -> Self;
    fn tracestate(self, tracestate: &str) -> Self;
    fn flags(self, flags: u32) -> Self;
    fn event(self, name: &str) -> Self;
}

impl SpanExt for Span {
    fn of(self, trace: u64) -> Self {
        Self { trace_id: id(trace), ..self }
    }

    fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    fn root(self) -> Self {
        Self { parent_span_id: Vec::new(), ..self }
    }

    fn lasting(self, from: u64, to: u64) -> Self {
        let at = |millis| EPOCH + millis * 1_000_000;
        Self { start_time_unix_nano: at(from), end_time_unix_nano: at(to), ..self }
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.attributes.push(attribute(key, value));
        self
    }

    fn status(self, code: i32) -> Self {
        Self { status: Some(Status { code, ..Status::default() }), ..self }
    }

    fn tracestate(self, tracestate: &str) -> Self {
        Self { trace_state: tracestate.to_owned(), ..self }
    }

    fn flags(self, flags: u32) -> Self {
        Self { flags, ..self }
    }

    fn event(mut self, name: &str) -> Self {
        self.events.push(Event { name: name.to_owned(), ..Event::default() });
        self
    }
}

/// So many spans.
pub(crate) fn spans(count: usize) -> Vec<Span> {
    vec![span(); count]
}

/// Spans of a service, in one scope.
pub(crate) fn resource(service: &str, spans: impl IntoIterator<Item = Span>) -> ResourceSpans {
    scoped(service, "http", spans)
}

/// Spans of a service and a scope.
pub(crate) fn scoped(service: &str, scope: &str, spans: impl IntoIterator<Item = Span>) -> ResourceSpans {
    let scope = InstrumentationScope { name: scope.to_owned(), ..InstrumentationScope::default() };
    ResourceSpans {
        resource: Some(Resource {
            attributes: vec![attribute("service.name", string(service))],
            ..Resource::default()
        }),
        scope_spans: vec![ScopeSpans {
            scope: Some(scope),
            spans: spans.into_iter().collect(),
            schema_url: "of scope".to_owned(),
        }],
        schema_url: "of resource".to_owned(),
    }
}

/// All spans of some resources.
pub(crate) fn of_resources(resources: Vec<ResourceSpans>) -> Vec<Span> {
    let scopes = resources.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}
