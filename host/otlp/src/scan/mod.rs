//! The scanner.

mod error;

pub use error::{ScanError, ScanErrorKind};

use crate::wire::{Field, Fields, Value, WireError};
use crate::{Index, Leaf, Node, Signal};

impl Index {
    /// Finds the resources, scopes and leaves of a serialized request, and checks what it passes over.
    ///
    /// # Errors
    /// Says what is malformed and where.
    pub fn scan(signal: Signal, body: &[u8]) -> Result<Self, ScanError> {
        let mut index =
            Self { signal, resources: Vec::new(), scopes: Vec::new(), metrics: Vec::new(), leaves: Vec::new() };
        walk(&mut index, body).map_err(|kind| ScanError { at: 0, path: String::new(), kind: kind.into() })?;
        Ok(index)
    }
}

fn children(
    body: &[u8],
    start: u32,
    end: u32,
    numbers: &[u32],
    mut child: impl FnMut(Node, Field<'_>) -> Result<(), WireError>,
) -> Result<(), WireError> {
    let mut fields = Fields::new(&body[start as usize..end as usize]);
    while let Some(field) = fields.next_field()? {
        if let Value::Bytes(content) = field.value
            && numbers.contains(&field.number)
        {
            let node = Node {
                start: start + field.start as u32,
                content: start + (field.end - content.len()) as u32,
                end: start + field.end as u32,
                parent: 0,
                children_start: 0,
                children_end: 0,
            };
            child(node, field)?;
        }
    }
    Ok(())
}

fn walk(index: &mut Index, body: &[u8]) -> Result<(), WireError> {
    children(body, 0, body.len() as u32, &[1], |node, _| {
        let resource = index.resources.len();
        index.resources.push(Node { children_start: index.scopes.len() as u32, ..node });
        children(body, node.content, node.end, &[2], |node, _| {
            let scope = index.scopes.len();
            index.scopes.push(Node { parent: resource as u32, ..node });
            if index.signal == Signal::Metrics {
                index.scopes[scope].children_start = index.metrics.len() as u32;
                children(body, node.content, node.end, &[2], |node, _| {
                    let metric = index.metrics.len();
                    index.metrics.push(Node {
                        parent: scope as u32,
                        children_start: index.leaves.len() as u32,
                        ..node
                    });
                    children(body, node.content, node.end, &[5, 7, 9, 10, 11], |node, _| {
                        children(body, node.content, node.end, &[1], |node, _| {
                            let Node { start, content, end, .. } = node;
                            index.leaves.push(Leaf {
                                start,
                                content,
                                end,
                                parent: metric as u32,
                                trace_id: Leaf::NO_ID,
                            });
                            Ok(())
                        })
                    })?;
                    index.metrics[metric].children_end = index.leaves.len() as u32;
                    Ok(())
                })?;
                index.scopes[scope].children_end = index.metrics.len() as u32;
            } else {
                index.scopes[scope].children_start = index.leaves.len() as u32;
                let id = if index.signal == Signal::Traces { 1 } else { 9 };
                children(body, node.content, node.end, &[2], |node, _| {
                    let Node { start, content, end, .. } = node;
                    let mut trace_id = Leaf::NO_ID;
                    children(body, content, end, &[id], |node, _| {
                        trace_id = if node.end == node.content { Leaf::NO_ID } else { node.content };
                        Ok(())
                    })?;
                    index.leaves.push(Leaf { start, content, end, parent: scope as u32, trace_id });
                    Ok(())
                })?;
                index.scopes[scope].children_end = index.leaves.len() as u32;
            }
            Ok(())
        })?;
        index.resources[resource].children_end = index.scopes.len() as u32;
        Ok(())
    })
}
