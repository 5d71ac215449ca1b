//! How often the hot path allocates. A binary of its own, since it counts for the whole process.

#![allow(clippy::unwrap_used, reason = "a failed check is a failed test")]

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use sluice_otlp::{Request, Signal, split};

/// A request of so many spans, in ten resources.
fn request(spans: usize) -> Bytes {
    let span = |number: usize| Span {
        trace_id: (number as u128 + 1).to_be_bytes().to_vec(),
        span_id: (number as u64 + 1).to_be_bytes().to_vec(),
        name: "GET /cart".to_owned(),
        ..Span::default()
    };
    let resource = |number: usize| {
        let spans = (0..spans / 10).map(|of_resource| span(number * spans + of_resource)).collect();
        let scope = ScopeSpans { spans, ..ScopeSpans::default() };
        ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() }
    };
    ExportTraceServiceRequest { resource_spans: (0..10).map(resource).collect() }.encode_to_vec().into()
}

/// Allocations of scanning a request of so many spans and splitting it to four buckets.
fn allocations(spans: usize) -> u64 {
    let body = request(spans);
    let buckets: Vec<u32> = (0..spans as u32).map(|span| span.wrapping_mul(2_654_435_761) >> 30).collect();
    let counted = allocation_counter::measure(|| {
        let request = Request::scan(Signal::Traces, body.clone()).unwrap();
        let parts = split(&request, &buckets, 4, usize::MAX).parts;
        assert_eq!(parts.iter().map(|part| part.items as usize).sum::<usize>(), spans);
    });
    counted.count_total
}

/// A hundred times the spans take some more growing of tables, not an allocation a span.
#[test]
fn no_span_costs_an_allocation() {
    let (few, many) = (allocations(100), allocations(10_000));
    assert!(many <= few + 60, "{few} allocations for 100 spans, {many} for 10,000");
}
