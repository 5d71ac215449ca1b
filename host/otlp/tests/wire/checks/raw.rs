//! A request as its bytes: a reader of its own, slow and simple, that forgets nothing.

use sluice_otlp::Signal;
use sluice_otlp::wire::{Field, Fields, Value, WireError, varint_len};

/// A resource, scope, metric, metric's data, or leaf.
#[derive(Clone, Debug, Default)]
struct Tree {
    /// The number of its field.
    number: u32,
    /// The whole field, with its tag.
    raw: Vec<u8>,
    /// All fields that are no children.
    header: Vec<u8>,
    children: Vec<Tree>,
    /// Whether it is a metric's data.
    is_data: bool,
}

/// A leaf, or something without leaves, with the headers that surround it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RawPiece {
    /// Field number and header of each surrounding message, from the resource down.
    pub(crate) headers: Vec<(u32, Vec<u8>)>,
    pub(crate) raw: Vec<u8>,
    /// Which resource, scope and metric of the request it is in: each node of the request has a number.
    pub(crate) nodes: Vec<usize>,
}

impl RawPiece {
    /// The size of a request with nothing else in it, in bytes.
    pub(crate) fn size_alone(&self) -> usize {
        self.headers.iter().rev().fold(self.raw.len(), |inner, (_, header)| {
            let content = header.len() + inner;
            1 + varint_len(content as u64) + content
        })
    }

    /// The piece without the numbers of its nodes, which differ between requests.
    pub(crate) fn unplaced(&self) -> Self {
        Self { nodes: Vec::new(), ..self.clone() }
    }
}

/// Something without leaves.
#[derive(Debug)]
pub(crate) struct Leafless {
    pub(crate) whole: RawPiece,
    /// The messages in it, or itself, that have no children. These are the same wherever it is read: a part
    /// may hold less of a resource, which then is without leaves there, but not in the request.
    pub(crate) childless: Vec<RawPiece>,
}

/// All that a request consists of.
#[derive(Debug, Default)]
pub(crate) struct RawRequest {
    pub(crate) leaves: Vec<RawPiece>,
    /// Resources, scopes and metrics without leaves, and top-level fields that are no resources.
    pub(crate) leafless: Vec<Leafless>,
    nodes: usize,
}

impl RawRequest {
    pub(crate) fn read(signal: Signal, body: &[u8]) -> Result<Self, WireError> {
        let mut request = Self::default();
        let levels = if signal == Signal::Metrics { 4 } else { 2 };
        let mut fields = Fields::new(body);
        while let Some(field) = fields.next_field()? {
            match field.value {
                Value::Bytes(content) if field.number == 1 => {
                    let tree = tree(signal, &body[field.start..field.end], 1, content, levels)?;
                    request.take(&tree, levels, &[], &[]);
                }
                _ => {
                    let unknown = Tree { raw: body[field.start..field.end].to_vec(), ..Tree::default() };
                    request.take(&unknown, levels, &[], &[]);
                }
            }
        }
        Ok(request)
    }

    fn take(&mut self, tree: &Tree, levels: u32, headers: &[(u32, Vec<u8>)], nodes: &[usize]) {
        let piece = || RawPiece { headers: headers.to_vec(), raw: tree.raw.clone(), nodes: nodes.to_vec() };
        if levels == 0 {
            return self.leaves.push(piece());
        }
        if tree.leaves(levels) == 0 {
            let mut childless = Vec::new();
            tree.childless(headers, &mut childless);
            return self.leafless.push(Leafless { whole: piece(), childless });
        }
        self.nodes += 1;
        let headers = [headers, &[(tree.number, tree.header.clone())]].concat();
        let nodes = [nodes, &[self.nodes]].concat();
        for child in &tree.children {
            self.take(child, levels - 1, &headers, &nodes);
        }
    }
}

impl Tree {
    /// The descendants that have no children, without their places; of a metric without points, itself.
    fn childless(&self, headers: &[(u32, Vec<u8>)], found: &mut Vec<RawPiece>) {
        if self.children.iter().all(|child| child.is_data) {
            return found.push(RawPiece {
                headers: headers.to_vec(),
                raw: self.raw.clone(),
                nodes: Vec::new(),
            });
        }
        let headers = [headers, &[(self.number, self.header.clone())]].concat();
        for child in &self.children {
            child.childless(&headers, found);
        }
    }

    fn leaves(&self, levels: u32) -> usize {
        match levels {
            0 => 1,
            _ => self.children.iter().map(|child| child.leaves(levels - 1)).sum(),
        }
    }
}

/// Reads a message that has so many levels of children below it.
fn tree(signal: Signal, raw: &[u8], number: u32, content: &[u8], levels: u32) -> Result<Tree, WireError> {
    let mut tree = Tree { number, raw: raw.to_vec(), ..Tree::default() };
    let mut fields = Fields::new(content);
    while let Some(field) = fields.next_field()? {
        let raw = &content[field.start..field.end];
        match (is_child(signal, field, levels), field.value) {
            (true, Value::Bytes(inner)) => {
                let child = self::tree(signal, raw, field.number, inner, levels - 1)?;
                tree.add(child, signal, levels);
            }
            _ => tree.header.extend_from_slice(raw),
        }
    }
    Ok(tree)
}

/// Whether a field of a message with so many levels of children below it is a child.
fn is_child(signal: Signal, field: Field<'_>, levels: u32) -> bool {
    match (signal, levels) {
        (_, 0) => false,
        (Signal::Metrics, 2) => matches!(field.number, 5 | 7 | 9 | 10 | 11),
        (Signal::Metrics, 1) => field.number == 1,
        _ => field.number == 2,
    }
}

impl Tree {
    /// Adds a child as a decoder would: a metric has one `data`, and what is of the same kind is merged.
    fn add(&mut self, child: Tree, signal: Signal, levels: u32) {
        if (signal, levels) != (Signal::Metrics, 2) {
            return self.children.push(child);
        }
        let child = Tree { is_data: true, ..child };
        match self.children.last_mut() {
            Some(data) if data.number == child.number => {
                data.header.extend(child.header);
                data.children.extend(child.children);
            }
            _ => self.children = vec![child],
        }
    }
}
