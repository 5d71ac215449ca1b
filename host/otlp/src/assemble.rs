//! A request put together of what was cut out of others: the opposite of a split.

use bytes::Bytes;

use crate::wire::{Fields, Value, field_len, put_varint, read_tag, read_varint};
use crate::{Extent, Header, Index, Leaf, Node, Request, Signal};

/// The tags of `resource_spans`, and of `scope_spans` and `spans`.
const RESOURCE_TAG: u8 = 0x0a;
const INNER_TAG: u8 = 0x12;

/// The scope of some spans.
#[derive(Clone, Copy, Debug)]
pub struct ScopePart<'a> {
    /// The fields of `ScopeSpans` other than its spans, encoded.
    pub header: &'a [u8],
    /// Its spans, each as the field that it is, with tag and length; several may lie in one stretch.
    pub spans: &'a [&'a [u8]],
}

/// Writes a request for traces, resource by resource, and its index along with it, so that it need not be scanned.
///
/// All that is put in must have been cut out of requests that were scanned.
#[derive(Debug)]
pub struct Assembler {
    body: Vec<u8>,
    index: Index,
}

impl Assembler {
    /// The most bytes that a request may have.
    pub const MAX_BYTES: usize = u32::MAX as usize - 1;

    /// An empty request, with room for so many bytes and spans.
    #[must_use]
    pub fn with_capacity(bytes: usize, spans: usize) -> Self {
        let mut index = Index::empty(Signal::Traces);
        index.leaves.reserve_exact(spans);
        Self { body: Vec::with_capacity(bytes), index }
    }

    /// The same in a buffer that was used before, whose content is lost. A fresh one of some MiB costs more to be
    /// given by the system, page by page, than what is written into it.
    #[must_use]
    pub fn in_buffer(mut buffer: Vec<u8>, bytes: usize, spans: usize) -> Self {
        buffer.clear();
        buffer.reserve(bytes);
        Self { body: buffer, ..Self::with_capacity(0, spans) }
    }

    /// Bytes so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Spans so far: the number that the next one gets as a leaf.
    #[must_use]
    pub fn spans(&self) -> u32 {
        self.index.leaves.len() as u32
    }

    /// How many bytes [`resource`](Self::resource) would add.
    #[must_use]
    pub fn size_of_resource(header: &[u8], scopes: &[ScopePart<'_>]) -> usize {
        field_len(header.len() + scopes.iter().map(|scope| field_len(size_of_scope(scope))).sum::<usize>())
    }

    /// Appends a resource. `header` are the fields of `ResourceSpans` other than its scopes, encoded.
    ///
    /// Together a request must stay below [`MAX_BYTES`](Self::MAX_BYTES).
    pub fn resource(&mut self, header: &[u8], scopes: &[ScopePart<'_>]) {
        let size = header.len() + scopes.iter().map(|scope| field_len(size_of_scope(scope))).sum::<usize>();
        let row = self.index.resources.len() as u32;
        let node = self.open(RESOURCE_TAG, size, header, 0, self.index.scopes.len());
        self.index.resources.push(node);
        for scope in scopes {
            self.scope(scope, row);
        }
        let (end, children_end) = (self.body.len() as u32, self.index.scopes.len() as u32);
        if let Some(node) = self.index.resources.last_mut() {
            (node.end, node.children_end) = (end, children_end);
        }
    }

    fn scope(&mut self, scope: &ScopePart<'_>, resource: u32) {
        let row = self.index.scopes.len() as u32;
        let node =
            self.open(INNER_TAG, size_of_scope(scope), scope.header, resource, self.index.leaves.len());
        self.index.scopes.push(node);
        for stretch in scope.spans {
            let start = self.body.len();
            self.body.extend_from_slice(stretch);
            self.leaves(start, row);
        }
        let (end, children_end) = (self.body.len() as u32, self.index.leaves.len() as u32);
        if let Some(node) = self.index.scopes.last_mut() {
            (node.end, node.children_end) = (end, children_end);
        }
    }

    /// Writes the beginning of a message; where it ends, and where its children do, is filled in later.
    fn open(&mut self, tag: u8, size: usize, header: &[u8], parent: u32, children: usize) -> Node {
        let start = self.body.len() as u32;
        self.body.push(tag);
        put_varint(&mut self.body, size as u64);
        let content = self.body.len() as u32;
        self.body.extend_from_slice(header);
        let first = self.index.headers.len() as u32;
        if !header.is_empty() {
            self.index.headers.push(Extent { start: content, end: self.body.len() as u32 });
        }
        let last = self.index.headers.len() as u32;
        Node {
            start,
            content,
            end: content,
            parent,
            children_start: children as u32,
            children_end: children as u32,
            header: Header { first, last, bytes: header.len() as u32 },
        }
    }

    /// Notes the spans of the stretch that begins at `start` and ends with the body.
    fn leaves(&mut self, mut start: usize, parent: u32) {
        while start < self.body.len() {
            // It was scanned, so it is a span with its tag and length.
            let length = read_tag(&self.body, start).and_then(|(_, _, at)| read_varint(&self.body, at));
            let Ok((length, content)) = length else { break };
            let end = content.saturating_add(length as usize).min(self.body.len());
            let trace_id = trace_id(&self.body[content..end]).map_or(Leaf::NO_ID, |at| (content + at) as u32);
            let leaf =
                Leaf { start: start as u32, content: content as u32, end: end as u32, parent, trace_id };
            self.index.leaves.push(leaf);
            start = end;
        }
    }

    /// The request.
    #[must_use]
    pub fn finish(self) -> Request {
        Request::indexed(Bytes::from(self.body), self.index)
    }
}

/// Where in a span its trace id is.
#[inline]
fn trace_id(span: &[u8]) -> Option<usize> {
    // Nearly every span begins with it.
    if let [0x0a, 16, ..] = span {
        return Some(2);
    }
    let mut fields = Fields::new(span);
    let mut found = None;
    while let Ok(Some(field)) = fields.next_field() {
        if let (1, Value::Bytes(id)) = (field.number, field.value) {
            found = (!id.is_empty()).then(|| field.end - id.len());
        }
    }
    found
}

fn size_of_scope(scope: &ScopePart<'_>) -> usize {
    scope.header.len() + scope.spans.iter().map(|stretch| stretch.len()).sum::<usize>()
}
