use sluice_otlp::RequestMetadata;

use super::intern::{HeaderId, Headers};
use super::origins::{Origins, WantedOfRequests};

/// The headers that stand around the spans of a shard: those of resources, each below what is known of the request that it
/// came in, and those of scopes.
#[derive(Debug)]
pub(crate) struct HeaderTables {
    pub(crate) origins: Origins,
    pub(crate) resources: Headers,
    pub(crate) scopes: Headers,
}

/// What stands around a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Around {
    pub(crate) resource: HeaderId,
    pub(crate) scope: HeaderId,
}

impl HeaderTables {
    pub(crate) fn new() -> Self {
        Self { origins: Origins::new(), resources: Headers::new(), scopes: Headers::new() }
    }

    /// What is wanted of requests from now on.
    pub(crate) fn want(&mut self, wanted: WantedOfRequests) {
        self.origins.want(wanted);
    }

    /// The ids of headers, for one more user. `origin` is that of a request that is held.
    pub(crate) fn hold(&mut self, origin: HeaderId, resource: &[u8], scope: &[u8]) -> Around {
        let (resource, is_new) = self.resources.hold_below(origin, resource);
        if is_new {
            self.origins.hold_again(origin);
        }
        Around { resource, scope: self.scopes.hold(scope) }
    }

    /// One more user of headers that are held.
    pub(crate) fn hold_again(&mut self, around: Around) {
        self.resources.hold_again(around.resource);
        self.scopes.hold_again(around.scope);
    }

    /// One user less.
    pub(crate) fn release(&mut self, around: Around) {
        if let Some(origin) = self.resources.release(around.resource) {
            self.origins.release(origin);
        }
        let _ = self.scopes.release(around.scope);
    }

    /// Bytes that all of them take.
    pub(crate) fn bytes(&self) -> usize {
        self.origins.bytes() + self.resources.bytes() + self.scopes.bytes()
    }

    /// What is known of the requests that resources came in, one row for each run of them.
    pub(crate) fn metadata(&self, resources: &[HeaderId]) -> std::sync::Arc<[RequestMetadata]> {
        let origin = |resource: &HeaderId| self.resources.above(*resource);
        let runs = resources.chunk_by(|one, next| origin(one) == origin(next));
        runs.map(|run| self.origins.metadata(origin(&run[0]), run.len() as u32)).collect()
    }
}
