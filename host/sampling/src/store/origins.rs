use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use sluice_otlp::RequestMetadata;
use sluice_otlp::columns::Field;

use super::intern::{HeaderId, Headers, NOTHING};

/// What policies want to know of the requests that spans came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WantedOfRequests {
    headers: Vec<HeaderName>,
    connection: bool,
}

impl WantedOfRequests {
    /// What is among some fields.
    pub(crate) fn among(fields: &[Field]) -> Self {
        let headers = fields.iter().filter_map(|field| match field {
            Field::Metadata(name) => HeaderName::from_lowercase(name.as_bytes()).ok(),
            _ => None,
        });
        Self { headers: headers.collect(), connection: fields.contains(&Field::Connection) }
    }

    fn is_nothing(&self) -> bool {
        self.headers.is_empty() && !self.connection
    }
}

/// Ends a header's name, and its value; neither can have one in it.
const END: u8 = b'\n';

/// What is known of requests as far as policies want it, equal ones once; nothing as long as no policy does.
#[derive(Debug)]
pub(crate) struct Origins {
    wanted: WantedOfRequests,
    /// Each the connection, and then the names and values of headers.
    known: Headers,
    scratch: Vec<u8>,
}

impl Origins {
    pub(super) fn new() -> Self {
        Self { wanted: WantedOfRequests::default(), known: Headers::new(), scratch: Vec::new() }
    }

    /// From now on this is wanted. What is held stays as it is.
    pub(crate) fn want(&mut self, wanted: WantedOfRequests) {
        self.wanted = wanted;
    }

    /// The id of what is wanted of a request, for one more user; [`NOTHING`] where nothing is.
    pub(crate) fn hold(&mut self, request: &RequestMetadata) -> HeaderId {
        if self.wanted.is_nothing() {
            return NOTHING;
        }
        let Self { wanted, known, scratch } = self;
        scratch.clear();
        let connection = if wanted.connection { request.connection } else { 0 };
        scratch.extend_from_slice(&connection.to_le_bytes());
        for name in &wanted.headers {
            for value in request.headers.get_all(name) {
                scratch.extend_from_slice(name.as_str().as_bytes());
                scratch.push(END);
                scratch.extend_from_slice(value.as_bytes());
                scratch.push(END);
            }
        }
        known.hold(scratch)
    }

    /// One more user of what is held.
    pub(super) fn hold_again(&mut self, id: HeaderId) {
        if id != NOTHING {
            self.known.hold_again(id);
        }
    }

    /// One user less.
    pub(crate) fn release(&mut self, id: HeaderId) {
        if id != NOTHING {
            let _ = self.known.release(id);
        }
    }

    /// Whether nothing is held.
    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// How long one is.
    pub(crate) fn len(&self, id: HeaderId) -> usize {
        if id == NOTHING { 0 } else { self.known.get(id).len() }
    }

    /// Bytes that all of them take.
    pub(super) fn bytes(&self) -> usize {
        self.known.bytes()
    }

    /// As what is known of the request that so many resources came in.
    pub(crate) fn metadata(&self, id: HeaderId, resources: u32) -> RequestMetadata {
        let bytes = if id == NOTHING { &[] } else { self.known.get(id) };
        let (connection, mut rest) = bytes.split_first_chunk().unwrap_or((&[0; 8], &[]));
        let mut headers = HeaderMap::new();
        let mut next = || {
            let end = rest.iter().position(|byte| *byte == END)?;
            let part = rest.get(..end)?;
            rest = rest.get(end + 1..)?;
            Some(part)
        };
        while let (Some(name), Some(value)) = (next(), next()) {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        }
        let connection = u64::from_le_bytes(*connection);
        RequestMetadata { headers: Arc::new(headers), connection, resources }
    }
}

#[cfg(test)]
#[path = "origins_tests.rs"]
mod tests;
