//! Two ways from the bytes of a request to the bytes of one request per backend, by trace id.

use std::mem;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::{DecodeError, Message};
use sluice_otlp::{Leaf, Request, ScanError, Signal, Split, split};

/// The Collector's receivers accept 4 MiB by default; the largest shape is above it.
pub(crate) const NO_LIMIT: usize = usize::MAX;

/// As Sluice does: scan, look at the trace ids where they are, copy slices.
pub(crate) fn by_slices(body: &Bytes, buckets: u32) -> Result<Split, ScanError> {
    let request = Request::scan(Signal::Traces, body.clone())?;
    let of_leaf = buckets_of(&request, buckets);
    Ok(split(&request, &of_leaf, buckets as usize, NO_LIMIT))
}

/// The bucket of each span.
pub(crate) fn buckets_of(request: &Request, buckets: u32) -> Vec<u32> {
    let trace_id = |leaf: &Leaf| request.body().get(leaf.trace_id as usize..leaf.trace_id as usize + 16);
    let leaves = request.index().leaves.iter();
    leaves.map(|leaf| bucket(trace_id(leaf).unwrap_or_default(), buckets)).collect()
}

/// As a proxy with generated types does: decode, move spans into a request per backend, encode.
///
/// Done as well as it can be with these types: a span is moved, and a resource or scope is copied only
/// once per backend, where the Collector copies it once per trace.
pub(crate) fn by_decoding(body: &Bytes, buckets: u32) -> Result<Vec<Vec<u8>>, DecodeError> {
    let request = ExportTraceServiceRequest::decode(body.clone())?;
    let mut parts: Vec<_> = (0..buckets).map(|_| Part::default()).collect();
    for (resource_number, mut resource) in request.resource_spans.into_iter().enumerate() {
        let scopes = mem::take(&mut resource.scope_spans);
        for (scope_number, mut scope) in scopes.into_iter().enumerate() {
            let spans = mem::take(&mut scope.spans);
            for span in spans {
                let part = &mut parts[bucket(&span.trace_id, buckets) as usize];
                part.push((resource_number, &resource), (scope_number, &scope), span);
            }
        }
    }
    let parts = parts.into_iter().filter(|part| part.place.is_some());
    Ok(parts.map(|part| part.request.encode_to_vec()).collect())
}

/// A request that is put together for one backend.
#[derive(Default)]
struct Part {
    request: ExportTraceServiceRequest,
    /// The numbers of the resource and scope to which the last span was added.
    place: Option<(usize, usize)>,
}

impl Part {
    fn push(&mut self, resource: (usize, &ResourceSpans), scope: (usize, &ScopeSpans), span: Span) {
        let same_resource = self.place.is_some_and(|(number, _)| number == resource.0);
        if !same_resource {
            self.request.resource_spans.push(resource.1.clone());
        }
        let Some(into_resource) = self.request.resource_spans.last_mut() else { return };
        if !same_resource || self.place.is_none_or(|(_, number)| number != scope.0) {
            into_resource.scope_spans.push(scope.1.clone());
        }
        if let Some(into_scope) = into_resource.scope_spans.last_mut() {
            into_scope.spans.push(span);
        }
        self.place = Some((resource.0, scope.0));
    }
}

/// Spreads trace ids evenly and costs next to nothing, so that what is measured is the handling of bytes.
fn bucket(trace_id: &[u8], buckets: u32) -> u32 {
    let low = trace_id.last_chunk::<8>().map_or(0, |low| u64::from_le_bytes(*low));
    let spread = low.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    ((spread * u64::from(buckets)) >> 32) as u32
}
