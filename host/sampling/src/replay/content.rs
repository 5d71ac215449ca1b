//! Whose spans a trace has.

use std::collections::BTreeMap;

use bytes::Bytes;
use sluice_otlp::wire::{Fields, Value};
use sluice_otlp::{Request, Signal};

/// What is a service's of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceShare {
    /// Its `service.name`; empty where its resource has none.
    pub service: String,
    /// Spans.
    pub spans: u64,
    /// Their encoded bytes.
    pub bytes: u64,
}

const SERVICE_NAME: &[u8] = b"service.name";

/// The numbers of `ResourceSpans.resource`, `Resource.attributes`, of `KeyValue`'s fields, and of `AnyValue.string_value`.
const RESOURCE: u32 = 1;
const ATTRIBUTES: u32 = 1;
const KEY: u32 = 1;
const VALUE: u32 = 2;
const TEXT: u32 = 1;

/// The services of a trace, by name.
pub(super) fn services(trace: Bytes) -> Vec<ServiceShare> {
    // It was put together out of what was scanned.
    let Ok(request) = Request::scan(Signal::Traces, trace) else { return Vec::new() };
    let (body, index) = (request.body(), request.index());
    let mut services: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for node in &index.resources {
        let leaves = index.leaves_of_resource(node);
        let leaves = index.leaves.get(leaves.start as usize..leaves.end as usize).unwrap_or_default();
        let resource = body.get(node.content as usize..node.end as usize).unwrap_or_default();
        let (spans, bytes) = services.entry(service(resource)).or_default();
        *spans += leaves.len() as u64;
        *bytes += leaves.iter().map(|leaf| u64::from(leaf.end - leaf.start)).sum::<u64>();
    }
    let share = |(service, (spans, bytes))| ServiceShare { service, spans, bytes };
    services.into_iter().map(share).collect()
}

/// The `service.name` of a `ResourceSpans`.
fn service(resource_spans: &[u8]) -> String {
    let attributes = messages(resource_spans, RESOURCE).flat_map(|resource| messages(resource, ATTRIBUTES));
    let named = attributes.filter(|attribute| messages(attribute, KEY).last() == Some(SERVICE_NAME));
    let texts =
        named.flat_map(|attribute| messages(attribute, VALUE)).flat_map(|value| messages(value, TEXT));
    // The first one counts, as for the columns of policies.
    texts.map(String::from_utf8_lossy).next().unwrap_or_default().into_owned()
}

/// What a field of bytes has, each time that it is there.
fn messages(message: &[u8], number: u32) -> impl Iterator<Item = &[u8]> {
    let mut fields = Fields::new(message);
    std::iter::from_fn(move || {
        while let Ok(Some(field)) = fields.next_field() {
            if let Value::Bytes(content) = field.value
                && field.number == number
            {
                return Some(content);
            }
        }
        None
    })
}
