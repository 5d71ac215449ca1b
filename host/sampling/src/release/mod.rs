//! What is passed on: spans as they came, each resource and scope once a trace, and marks where these are asked for.

mod marks;
mod members;
mod tracestate;

use std::ops::Range;
use std::sync::Arc;

pub(crate) use marks::Marks;
use sluice_otlp::columns::TraceRow;
use sluice_otlp::{Assembler, Index, Payload, Request, ScopePart, cut};

use crate::shard::Shared;

/// Bytes that are passed on together: what is sampled at one tick leaves in requests of about this size.
const TOGETHER: usize = 1 << 20;

/// The most bytes of one request, so that a Collector with its default limit of 4 MiB takes it. A larger trace is cut.
const MAX_BYTES: usize = 4_128_768;

/// Gathers what is sampled into requests.
#[derive(Debug)]
pub(crate) struct Release {
    shared: Arc<Shared>,
    gathered: Assembler,
    /// Bytes of spans that are still to come at this tick.
    expected: usize,
    ready: Vec<Payload>,
    ready_bytes: usize,
    late: Option<Late>,
}

/// Spans of a scope that came after their traces were sampled, and what is around them: resource and scope.
#[derive(Debug)]
struct Late {
    scope: u32,
    headers: [Vec<u8>; 2],
    spans: Vec<u8>,
    marks: Marks,
}

impl Release {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            gathered: Assembler::with_capacity(0, 0),
            expected: 0,
            ready: Vec::new(),
            ready_bytes: 0,
            late: None,
        }
    }

    /// Tells that spans of so many bytes come now, so that there is room for them at once.
    pub(crate) fn expect(&mut self, bytes: usize) {
        self.expected = bytes;
    }

    /// Passes on a trace that lies in `payload`.
    pub(crate) fn keep(&mut self, payload: &Payload, row: &TraceRow, marks: Marks) {
        let (body, index) = (payload.request.body(), payload.request.index());
        for resource in resources(index, &row.leaves) {
            let node = &index.resources[resource as usize];
            let scopes: Vec<_> = (node.children_start..node.children_end)
                .map(|scope| {
                    let scope = &index.scopes[scope as usize];
                    let spans = spans(index, scope.children_start..scope.children_end);
                    (header(body, index, scope.header), body.get(spans).unwrap_or_default())
                })
                .collect();
            self.add(header(body, index, node.header), &scopes, marks);
        }
    }

    /// Passes on spans that came after their trace was sampled, if those before were of the same scope (by its row in
    /// their request): they go together, so that the headers are there once, whatever traces the spans are of.
    pub(crate) fn late_as_before(&mut self, scope: u32, spans: &[u8], marks: Marks) -> bool {
        let settings = &self.shared.settings;
        let Some(late) = self.late.as_mut().filter(|late| late.scope == scope) else { return false };
        let is_marked_otherwise = settings.record_policy && late.marks.policy != marks.policy
            || settings.use_tracestate && late.marks.threshold != marks.threshold;
        if !is_marked_otherwise {
            late.spans.extend_from_slice(spans);
        }
        !is_marked_otherwise
    }

    /// Passes on spans that came after their trace was sampled, with the headers around them.
    pub(crate) fn late(&mut self, scope: u32, headers: [&[u8]; 2], spans: &[u8], marks: Marks) {
        self.end_late();
        let headers = headers.map(<[u8]>::to_vec);
        self.late = Some(Late { scope, headers, spans: spans.to_vec(), marks });
    }

    fn end_late(&mut self) {
        if let Some(Late { headers: [resource, scope], spans, marks, .. }) = self.late.take() {
            self.add(&resource, &[(&scope, &spans)], marks);
        }
    }

    /// Ends the request at hand.
    pub(crate) fn flush(&mut self) {
        self.end_late();
        if self.gathered.is_empty() {
            return;
        }
        let request = std::mem::replace(&mut self.gathered, Assembler::with_capacity(0, 0)).finish();
        if request.body().len() <= MAX_BYTES {
            self.make_ready(request);
            return;
        }
        let split = cut(&request, MAX_BYTES);
        for part in split.parts {
            // It was scanned before it was cut.
            if let Ok(request) = Request::scan(part.signal, part.body) {
                self.make_ready(request);
            }
        }
        for oversize in split.oversize {
            self.pass_on_oversize(&request, oversize.bytes, oversize.items);
        }
    }

    /// Bytes of all that waits to be taken.
    pub(crate) fn bytes(&self) -> usize {
        self.ready_bytes + self.gathered.len()
    }

    /// What is ready to go.
    pub(crate) fn take(&mut self) -> Vec<Payload> {
        self.ready_bytes = 0;
        std::mem::take(&mut self.ready)
    }

    fn make_ready(&mut self, request: Request) {
        self.ready_bytes += request.body().len();
        self.ready.push(Payload::bare(request));
    }

    /// A single span that is larger than what goes into a request. It cannot be cut.
    fn pass_on_oversize(&self, request: &Request, bytes: usize, items: u32) {
        tracing::error!(
            bytes,
            most = MAX_BYTES,
            "Dropping data: a sampled span is too large for any request"
        );
        debug_assert!(request.body().len() >= bytes, "it was part of it");
        self.shared.counters.oversize_spans.inc_by(u64::from(items));
    }

    fn add(&mut self, resource: &[u8], scopes: &[(&[u8], &[u8])], marks: Marks) {
        let settings = &self.shared.settings;
        if !settings.record_policy && !settings.use_tracestate && !settings.dry_run {
            let spans: Vec<[&[u8]; 1]> = scopes.iter().map(|(_, spans)| [*spans]).collect();
            return self.put(resource, scopes.iter().map(|(header, _)| *header), &spans);
        }
        let unreadable = &self.shared.counters.unparseable_tracestate;
        let marked: Vec<(Vec<u8>, Vec<u8>)> = scopes
            .iter()
            .map(|(header, spans)| {
                let header = marks.scope(header, settings, &self.shared.policies);
                let spans = if settings.use_tracestate {
                    tracestate::with_threshold(spans, marks.threshold, unreadable)
                } else {
                    spans.to_vec()
                };
                (header, spans)
            })
            .collect();
        let spans: Vec<[&[u8]; 1]> = marked.iter().map(|(_, spans)| [&spans[..]]).collect();
        self.put(resource, marked.iter().map(|(header, _)| &header[..]), &spans);
    }

    fn put<'a>(&mut self, resource: &[u8], headers: impl Iterator<Item = &'a [u8]>, spans: &[[&[u8]; 1]]) {
        let parts: Vec<_> =
            headers.zip(spans).map(|(header, spans)| ScopePart { header, spans: &spans[..] }).collect();
        let size = Assembler::size_of_resource(resource, &parts);
        if !self.gathered.is_empty() && self.gathered.len() + size > TOGETHER {
            self.flush();
        }
        if self.gathered.is_empty() {
            let room = (self.expected + self.expected / 4).min(TOGETHER).max(size);
            self.gathered = Assembler::with_capacity(room, room / 256);
        }
        self.expected = self.expected.saturating_sub(size);
        self.gathered.resource(resource, &parts);
    }
}

/// The resources that some leaves lie in. A trace has resources of its own.
fn resources(index: &Index, leaves: &Range<u32>) -> Range<u32> {
    let resource = |leaf: u32| {
        let leaf = index.leaves.get(leaf as usize)?;
        index.scopes.get(leaf.parent as usize).map(|scope| scope.parent)
    };
    match (resource(leaves.start), leaves.end.checked_sub(1).and_then(resource)) {
        (Some(first), Some(last)) if !leaves.is_empty() => first..last + 1,
        _ => 0..0,
    }
}

/// Where the spans of a scope lie in the body, which are neighbours: they were put together here.
fn spans(index: &Index, leaves: Range<u32>) -> Range<usize> {
    let leaf = |number: u32| index.leaves.get(number as usize);
    match (leaf(leaves.start), leaves.end.checked_sub(1).and_then(leaf)) {
        (Some(first), Some(last)) if !leaves.is_empty() => first.start as usize..last.end as usize,
        _ => 0..0,
    }
}

/// A header, which lies in one stretch: it was put there.
fn header<'a>(body: &'a [u8], index: &Index, header: sluice_otlp::Header) -> &'a [u8] {
    let extent = index.header(header).first();
    extent.and_then(|extent| body.get(extent.start as usize..extent.end as usize)).unwrap_or_default()
}
