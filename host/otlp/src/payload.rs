use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::{Index, ScanError, Signal};

/// A serialized `Export{Trace,Logs,Metrics}ServiceRequest` that was scanned, with what the scan found.
///
/// Invariant: `index` describes `body`; every offset in it lies inside.
#[derive(Clone, Debug)]
pub struct Request {
    body: Bytes,
    index: Arc<Index>,
}

impl Request {
    /// Checks `body` and finds its resources, scopes and leaves.
    ///
    /// # Errors
    /// Says what is malformed and at which byte; see [`ScanError`].
    pub fn scan(signal: Signal, body: Bytes) -> Result<Self, ScanError> {
        let index = Arc::new(Index::scan(signal, &body)?);
        Ok(Self { body, index })
    }

    /// A request whose index was put together from those of others.
    pub(crate) fn indexed(body: Bytes, index: Index) -> Self {
        Self { body, index: Arc::new(index) }
    }

    /// The signal that the request carries.
    #[must_use]
    pub fn signal(&self) -> Signal {
        self.index.signal
    }

    /// The wire bytes.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The buffer that the body lies in, where nobody else has a part of it.
    #[must_use]
    pub fn into_buffer(self) -> Option<Vec<u8>> {
        self.body.try_into_mut().ok().map(Vec::from)
    }

    /// What the scan found.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Spans, log records or data points in it.
    #[must_use]
    pub fn items(&self) -> usize {
        self.index.leaves.len()
    }
}

/// What is known of one request that a client sent, beside its body.
#[derive(Clone, Debug, Default)]
pub struct RequestMetadata {
    /// The request's headers (gRPC: its metadata), with nothing left out.
    pub headers: Arc<HeaderMap>,
    /// Identity of the client's connection: the same number for all requests of one connection.
    pub connection: u64,
    /// How many consecutive resources (top-level entries) of the payload came with this request.
    pub resources: u32,
}

/// Finds the request that a resource came with, for resources in ascending order.
#[derive(Debug)]
pub struct RequestCursor<'a> {
    metadata: &'a [RequestMetadata],
    /// The current request.
    row: usize,
    /// One past its last resource.
    end: u32,
}

impl<'a> RequestCursor<'a> {
    /// Over the rows of a payload.
    #[must_use]
    pub fn new(metadata: &'a [RequestMetadata]) -> Self {
        Self { metadata, row: 0, end: metadata.first().map_or(0, |request| request.resources) }
    }

    /// The row of the request that a resource came with.
    pub fn request_of(&mut self, resource: u32) -> u32 {
        while self.end <= resource {
            let Some(next) = self.metadata.get(self.row + 1) else { break };
            self.row += 1;
            self.end = self.end.saturating_add(next.resources);
        }
        self.row as u32
    }
}

/// What some headers of a sender's request said, for rules that send it on. Which headers these are, and in which
/// order, is known to who has put them together.
pub type SenderHeaders = Arc<[Option<HeaderValue>]>;

/// The unit of work between the stages of a pipeline.
#[derive(Clone, Debug)]
pub struct Payload {
    /// The data.
    pub request: Request,
    /// One row per request that a client sent, in the order of their resources; the rows' `resources`
    /// add up to those of `request`.
    pub metadata: Arc<[RequestMetadata]>,
    /// When the client stops waiting, where it said so.
    pub deadline: Option<Instant>,
}

impl Payload {
    /// A payload of one request without headers, as tests and generators make it.
    #[must_use]
    pub fn bare(request: Request) -> Self {
        let resources = u32::try_from(request.index().resources.len()).unwrap_or(u32::MAX);
        let row = RequestMetadata { resources, ..RequestMetadata::default() };
        Self { request, metadata: Arc::new([row]), deadline: None }
    }

    /// The signal that it carries.
    #[must_use]
    pub fn signal(&self) -> Signal {
        self.request.signal()
    }

    /// Spans, log records or data points in it.
    #[must_use]
    pub fn items(&self) -> usize {
        self.request.items()
    }
}
