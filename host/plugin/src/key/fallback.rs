//! The key that the host makes itself, for items that a plugin fails for.

use sluice_otlp::wire::{Fields, Value};
use sluice_otlp::{Index, Leaf, Payload};

use super::answer::Answer;
use super::leaves::Leaves;

/// The field number of `resource` in `ResourceSpans`, `ResourceLogs` and `ResourceMetrics`.
const RESOURCE: u32 = 1;

/// Gives each leaf the 16 bytes of its trace id, so that traces stay whole; where it has none, the bytes
/// of its resource as they were sent, so that at least what one process sends stays together.
pub(super) fn keys(payload: &Payload, leaves: &Leaves, answer: &mut Answer) {
    let index = payload.request.index();
    let body = payload.request.body();
    // A resource may be large, its key is made once.
    let mut last: Option<(u32, u32)> = None;
    for number in leaves.iter() {
        let Some(leaf) = index.leaves.get(number as usize) else { continue };
        if let Some(id) = trace_id(body, leaf) {
            answer.give(number, id);
            continue;
        }
        let resource = resource_of(index, leaf);
        match last {
            Some((known, row)) if known == resource => answer.share(number, row),
            _ => last = Some((resource, answer.give(number, resource_bytes(index, body, resource)))),
        }
    }
}

fn trace_id<'a>(body: &'a [u8], leaf: &Leaf) -> Option<&'a [u8]> {
    let start = leaf.trace_id as usize;
    if leaf.trace_id == Leaf::NO_ID { None } else { body.get(start..start + 16) }
}

/// The row of the leaf's resource.
fn resource_of(index: &Index, leaf: &Leaf) -> u32 {
    let parent = leaf.parent as usize;
    // A data point's parent is a metric, whose parent is the scope.
    let scope = if index.metrics.is_empty() { parent } else { index.metrics[parent].parent as usize };
    index.scopes[scope].parent
}

fn resource_bytes<'a>(index: &Index, body: &'a [u8], resource: u32) -> &'a [u8] {
    let node = &index.resources[resource as usize];
    let content = body.get(node.content as usize..node.end as usize).unwrap_or_default();
    let mut fields = Fields::new(content);
    while let Ok(Some(field)) = fields.next_field() {
        if let (RESOURCE, Value::Bytes(bytes)) = (field.number, field.value) {
            return bytes;
        }
    }
    &[]
}
