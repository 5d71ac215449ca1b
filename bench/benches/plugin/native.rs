//! The keys as a host without plugins would make them: straight out of the wire bytes.

use sluice_otlp::columns::BytesColumn;
use sluice_otlp::wire::{Fields, Value};
use sluice_otlp::{Leaf, Payload};
use sluice_plugin::Keys;

pub(crate) const SERVICE_NAME: &str = "service.name";

/// The trace ids of spans.
pub(crate) fn trace_id(payload: &Payload) -> Option<Keys> {
    let (body, leaves) = (payload.request.body(), &payload.request.index().leaves);
    let mut data = Vec::with_capacity(leaves.len() * 16);
    for leaf in leaves {
        match leaf.trace_id {
            Leaf::NO_ID => data.extend_from_slice(&[0; 16]),
            at => data.extend_from_slice(body.get(at as usize..at as usize + 16)?),
        }
    }
    let rows = leaves.len() as u32;
    let keys = BytesColumn { offsets: (0..=rows).map(|row| row * 16).collect(), data };
    Some(complete(keys, (0..rows).collect()))
}

/// `service.name=<value>|` of resources that have the attribute as text.
pub(crate) fn service(payload: &Payload) -> Option<Keys> {
    let (body, index) = (payload.request.body(), payload.request.index());
    let mut keys = BytesColumn { offsets: vec![0], data: Vec::new() };
    for node in &index.resources {
        let content = body.get(node.content as usize..node.end as usize)?;
        keys.data.extend_from_slice(b"service.name=");
        keys.data.extend_from_slice(service_name(find(content, 1)?)?);
        keys.data.push(b'|');
        keys.offsets.push(keys.data.len() as u32);
    }
    let resource = |leaf: &Leaf| Some(index.scopes.get(leaf.parent as usize)?.parent);
    Some(complete(keys, index.leaves.iter().map(resource).collect::<Option<_>>()?))
}

fn complete(keys: BytesColumn, of_leaf: Vec<u32>) -> Keys {
    Keys { keys, of_leaf, rejected: 0, rejection: String::new() }
}

fn service_name(resource: &[u8]) -> Option<&[u8]> {
    let mut fields = Fields::new(resource);
    while let Some(field) = fields.next_field().ok()? {
        if let (1, Value::Bytes(pair)) = (field.number, field.value)
            && find(pair, 1)? == SERVICE_NAME.as_bytes()
        {
            return find(find(pair, 2)?, 1);
        }
    }
    None
}

/// The first field of bytes with that number.
fn find(message: &[u8], number: u32) -> Option<&[u8]> {
    let mut fields = Fields::new(message);
    while let Some(field) = fields.next_field().ok()? {
        if let Value::Bytes(bytes) = field.value
            && field.number == number
        {
            return Some(bytes);
        }
    }
    None
}
