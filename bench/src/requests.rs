//! Requests to measure with: pre-built once, given new trace ids whenever they are sent.

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use sluice_otlp::{Index, Leaf, ScanError, Signal};

/// How a request is made up. A span is some 530 bytes with 10 attributes in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Shape {
    /// 100 spans, 10 a trace, one resource: what an SDK sends.
    S,
    /// 1,000 spans, each of a trace of its own, 10 resources: what an agent on a node sends.
    M,
    /// 8,192 spans, 8 a trace, 16 resources of 2 scopes each: a full batch of the Collector's `batch`.
    L,
}

/// The numbers behind a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Spans of a request.
    pub spans: usize,
    /// Spans of a trace.
    pub spans_per_trace: usize,
    /// Resources of a request.
    pub resources: usize,
    /// Scopes of a resource.
    pub scopes_per_resource: usize,
}

impl Shape {
    /// What the shape stands for.
    #[must_use]
    pub const fn dimensions(self) -> Dimensions {
        match self {
            Self::S => Dimensions { spans: 100, spans_per_trace: 10, resources: 1, scopes_per_resource: 1 },
            Self::M => Dimensions { spans: 1_000, spans_per_trace: 1, resources: 10, scopes_per_resource: 1 },
            Self::L => Dimensions { spans: 8_192, spans_per_trace: 8, resources: 16, scopes_per_resource: 2 },
        }
    }
}

/// A serialized request whose trace ids can be replaced in place.
#[derive(Clone, Debug)]
pub struct Template {
    body: Vec<u8>,
    trace_ids: Vec<u32>,
}

impl Template {
    /// Builds a request; equal random numbers build equal requests.
    ///
    /// # Errors
    /// If the scanner refuses what prost encoded, which is a bug in either.
    pub fn build(dimensions: Dimensions, random: &mut fastrand::Rng) -> Result<Self, ScanError> {
        let body = request(dimensions, random).encode_to_vec();
        let index = Index::scan(Signal::Traces, &body)?;
        let trace_ids =
            index.leaves.iter().map(|leaf| leaf.trace_id).filter(|&at| at != Leaf::NO_ID).collect();
        Ok(Self { body, trace_ids })
    }

    /// Spans in the request.
    #[must_use]
    pub fn spans(&self) -> usize {
        self.trace_ids.len()
    }

    /// Bytes of the request.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.body.len()
    }

    /// A copy with other trace ids: spans of one trace stay together, and no trace of another stamp comes again.
    #[must_use]
    pub fn stamped(&self, stamp: u128) -> Bytes {
        let stamp = stamp.to_le_bytes();
        let mut body = self.body.clone();
        for &at in &self.trace_ids {
            let at = at as usize;
            for (byte, mask) in body[at..at + 16].iter_mut().zip(stamp) {
                *byte ^= mask;
            }
        }
        body.into()
    }
}

fn request(dimensions: Dimensions, random: &mut fastrand::Rng) -> ExportTraceServiceRequest {
    let scopes = dimensions.resources * dimensions.scopes_per_resource;
    let mut spans =
        Spans { random, left: dimensions.spans, per_trace: dimensions.spans_per_trace, number: 0, trace: 0 };
    let mut scopes_left = scopes;
    let resource_spans = (0..dimensions.resources)
        .map(|resource| ResourceSpans {
            resource: Some(service(resource)),
            scope_spans: (0..dimensions.scopes_per_resource)
                .map(|scope| {
                    let spans = spans.take(spans.left.div_ceil(scopes_left));
                    scopes_left -= 1;
                    ScopeSpans { scope: Some(library(scope)), spans, schema_url: String::new() }
                })
                .collect(),
            schema_url: "https://opentelemetry.io/schemas/1.27.0".to_owned(),
        })
        .collect();
    ExportTraceServiceRequest { resource_spans }
}

fn service(number: usize) -> Resource {
    Resource {
        attributes: vec![
            text("service.name", format!("service-{number}")),
            text("service.namespace", "shop".to_owned()),
            text("service.version", "2.14.7".to_owned()),
            text("k8s.pod.name", format!("service-{number}-6d4b75cb6d-hpc7{number}")),
            text("k8s.namespace.name", "production".to_owned()),
            text("deployment.environment.name", "production".to_owned()),
        ],
        ..Resource::default()
    }
}

fn library(number: usize) -> InstrumentationScope {
    InstrumentationScope {
        name: format!("io.opentelemetry.http-{number}"),
        version: "1.3.0".to_owned(),
        ..InstrumentationScope::default()
    }
}

/// Spans in the order in which they are written, trace after trace.
struct Spans<'a> {
    random: &'a mut fastrand::Rng,
    left: usize,
    per_trace: usize,
    number: usize,
    trace: u128,
}

impl Spans<'_> {
    fn take(&mut self, count: usize) -> Vec<Span> {
        self.left -= count;
        (0..count).map(|_| self.next()).collect()
    }

    fn next(&mut self) -> Span {
        if self.number.is_multiple_of(self.per_trace) {
            self.trace = self.random.u128(1..);
        }
        self.number += 1;
        let start = 1_760_000_000_000_000_000 + self.random.u64(..1_000_000_000);
        Span {
            trace_id: self.trace.to_be_bytes().to_vec(),
            span_id: self.random.u64(1..).to_be_bytes().to_vec(),
            parent_span_id: self.random.u64(1..).to_be_bytes().to_vec(),
            name: "GET /api/v1/orders/{orderId}/items".to_owned(),
            kind: 2,
            start_time_unix_nano: start,
            end_time_unix_nano: start + self.random.u64(100_000..500_000_000),
            attributes: self.attributes(),
            ..Span::default()
        }
    }

    fn attributes(&mut self) -> Vec<KeyValue> {
        let status = *self.random.choice(&[200, 200, 200, 201, 404, 500]).unwrap_or(&200);
        vec![
            text("http.request.method", "GET".to_owned()),
            text("url.path", format!("/api/v1/orders/{}/items", self.random.u32(..))),
            text("http.route", "/api/v1/orders/{orderId}/items".to_owned()),
            number("http.response.status_code", status),
            text("server.address", "orders.shop.svc.cluster.local".to_owned()),
            text(
                "client.address",
                format!("10.{}.{}.{}", self.random.u8(..), self.random.u8(..), self.random.u8(..)),
            ),
            text(
                "user_agent.original",
                "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0".to_owned(),
            ),
            text("enduser.id", format!("{:016x}", self.random.u64(..))),
            number("http.response.body.size", self.random.i64(100..100_000)),
            text("thread.name", format!("http-nio-8080-exec-{}", self.random.u8(..200))),
        ]
    }
}

fn text(key: &str, value: String) -> KeyValue {
    attribute(key, Value::StringValue(value))
}

fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

#[cfg(test)]
#[path = "requests_tests.rs"]
mod tests;
